//! Real cameras for tests: the simulator's scenes over RTSP, MJPEG and snapshots, and cameras that misbehave.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

use crate::servers::workspace;
use crate::simulator::{Program, run};

/// User name and password of the streams of [`Cameras::rtsp_private`].
pub const LOGIN: (&str, &str) = ("operator", "camera-password");

/// The composed scenes, shared by all tests; composing takes some seconds, once.
static SCENES: LazyLock<PathBuf> = LazyLock::new(|| {
    let portraits = run(workspace().join("scripts/fetch-portraits").to_str().unwrap(), &[]);
    let scenes = workspace().join(".dev/scenes");
    let compose = workspace().join("simulator/compose.py");
    run("/usr/bin/python3", &[compose.to_str().unwrap(), &portraits, scenes.to_str().unwrap()]);
    scenes
});

/// What the simulated cameras show, and the portraits to enrol: `simulator/compose.py` says what is in it.
#[must_use]
pub fn manifest() -> Value {
    serde_json::from_slice(&std::fs::read(SCENES.join("manifest.json")).unwrap()).unwrap()
}

/// A JPEG of the scene `name` in which whoever appears is in full view, as a file: for cameras of type `Local
/// File`, and for asking a recogniser directly.
#[must_use]
pub fn picture(name: &str) -> PathBuf {
    SCENES.join(name).join("frames/0040.jpg")
}

/// The scene `name` as a video file (H.264).
#[must_use]
pub fn video(name: &str) -> PathBuf {
    SCENES.join(name).join("stream.h264")
}

/// A running simulator; scenes are `entrance` (EMP-001, then EMP-002), `lobby` (a stranger) and `corridor`
/// (nobody).
#[derive(Debug)]
pub struct Cameras(Program);

/// Starts the simulator on free ports.
#[must_use]
pub fn cameras() -> Cameras {
    Cameras(Program::start("cameras.py", &[SCENES.to_str().unwrap()]))
}

impl Cameras {
    /// RTSP (H.264, 1280×720, 10 pictures a second, a keyframe each second).
    #[must_use]
    pub fn rtsp(&self, scene: &str) -> String {
        format!("{}/{scene}", self.0.place("rtsp"))
    }

    /// The same behind digest authentication, with [`LOGIN`].
    #[must_use]
    pub fn rtsp_private(&self, scene: &str) -> String {
        format!("{}/private/{scene}", self.0.place("rtsp"))
    }

    /// HTTP MJPEG.
    #[must_use]
    pub fn mjpeg(&self, scene: &str) -> String {
        format!("{}/{scene}.mjpg", self.0.place("http"))
    }

    /// The picture of the moment.
    #[must_use]
    pub fn snapshot(&self, scene: &str) -> String {
        format!("{}/{scene}.jpg", self.0.place("http"))
    }
}

/// Cameras that misbehave; `simulator/evil.py` says how.
#[derive(Debug)]
pub struct EvilCameras(Program);

/// Starts them on free ports.
#[must_use]
pub fn evil_cameras() -> EvilCameras {
    EvilCameras(Program::start("evil.py", &[]))
}

impl EvilCameras {
    /// URL of one way to misbehave: `hang`, `drip`, `garbage`, `page`, `cut`, `endless`, `redirect-file`,
    /// `redirect?<url>`, `playlist`.
    #[must_use]
    pub fn http(&self, way: &str) -> String {
        format!("{}/{way}", self.0.place("http"))
    }

    /// `host:port` that takes connections and says nothing, in whatever protocol.
    #[must_use]
    pub fn silent(&self) -> String {
        self.0.place("silent")
    }

    /// `host:port` that answers anything with random bytes.
    #[must_use]
    pub fn noise(&self) -> String {
        self.0.place("noise")
    }
}

/// The folder that holds every scene, for `MEDIA_ROOT`.
#[must_use]
pub fn scenes() -> &'static Path {
    &SCENES
}

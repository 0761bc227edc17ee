//! Cameras for the tests, and capturers to point at them.

mod http_camera;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use capture::{CaptureError, CaptureSettings, Capturer, Demand, Frame, Source, StreamType};
use platform::outbound::Outbound;

pub use http_camera::{Answer, HttpCamera};

/// The password of the locked camera, user `viewer`: full of what URLs and headers give a meaning to.
pub const PASSWORD: &str = "p@ss:w/rd%";
/// The same, escaped for a URL.
pub const PASSWORD_IN_URL: &str = "p%40ss%3Aw%2Frd%25";

/// Settings that suit tests: little patience.
pub fn settings() -> CaptureSettings {
    CaptureSettings {
        media_root: Some(media().to_owned()),
        time_limit: Duration::from_secs(5),
        probe_span: Duration::from_secs(1),
        ..CaptureSettings::default()
    }
}

/// A capturer that may call cameras on loopback.
pub fn capturer(settings: CaptureSettings) -> Capturer {
    Capturer::new(settings, Outbound::new(true)).unwrap()
}

/// A capturer that gives up after half a second.
pub fn impatient() -> Capturer {
    capturer(CaptureSettings { time_limit: Duration::from_millis(500), ..settings() })
}

/// One picture from `url`, by a capturer of its own.
pub async fn frame(stream_type: StreamType, url: &str) -> Result<Frame, CaptureError> {
    let source = Source::parse(stream_type, url)?;
    capturer(settings()).frame(&source, Demand::Once).await
}

/// Panics unless the frame is a JPEG of the size that it claims.
pub fn assert_whole(frame: &Frame, width: u16, height: u16) {
    assert_eq!((frame.width, frame.height), (width, height));
    assert!(frame.jpeg.starts_with(&[0xFF, 0xD8, 0xFF]) && frame.jpeg.ends_with(&[0xFF, 0xD9]));
    assert!((chrono::Utc::now() - frame.captured_at).num_seconds() < 5);
}

/// A path of the open RTSP camera of this run, which streams at `cam`.
pub fn rtsp(path: &str) -> String {
    format!("rtsp://127.0.0.1:{}/{path}", rtsp_ports()[0])
}

/// The stream of the locked one.
pub fn locked_rtsp(credentials: &str) -> String {
    format!("rtsp://{credentials}127.0.0.1:{}/cam", rtsp_ports()[1])
}

/// The RTSP servers are started once and end with this process.
fn rtsp_ports() -> &'static [u16] {
    static SERVER: LazyLock<(Child, Vec<u16>)> = LazyLock::new(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cameras/rtsp_cameras.py");
        let mut server = Command::new("/usr/bin/python3")
            .args([script.as_os_str(), "viewer".as_ref(), PASSWORD.as_ref()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ports = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut ports).unwrap();
        (server, ports.split_whitespace().map(|port| port.parse().unwrap()).collect())
    });
    &SERVER.1
}

/// A folder with `clip.mp4` (320×240, 10 pictures a second, 3 s), `still.jpg` (64×48) and traps.
pub fn media() -> &'static Path {
    static MEDIA: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("media-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        draw(&["-i", "testsrc=size=64x48:rate=1", "-frames:v", "1"], &folder.join("still.jpg"));
        draw(&["-i", "testsrc=size=320x240:rate=10:duration=3", "-c:v", "libx264"], &folder.join("clip.mp4"));
        std::fs::write(folder.join("text.mp4"), "This is no video at all.\n").unwrap();
        let list = "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n";
        std::fs::write(folder.join("playlist.mp4"), list).unwrap();
        std::fs::write(folder.join("playlist.m3u8"), list.replace("file:///etc/hostname", "clip.mp4"))
            .unwrap();
        std::fs::write(folder.join("concat.mp4"), "ffconcat version 1.0\nfile clip.mp4\n").unwrap();
        folder
    });
    &MEDIA
}

fn draw(arguments: &[&str], to: &Path) {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-nostdin", "-y", "-f", "lavfi"]).args(arguments).arg(to);
    assert!(ffmpeg.status().unwrap().success());
}

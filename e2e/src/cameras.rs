//! Cameras as the API is told of them. The simulator behind the streams is one for all tests of the process: it only ever
//! shows the same scenes.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Value, json};
use testkit::camera::{self, Cameras};

/// It ends with this process.
static SIMULATOR: LazyLock<Cameras> = LazyLock::new(camera::cameras);

/// The simulator.
#[must_use]
pub fn simulator() -> &'static Cameras {
    &SIMULATOR
}

/// A camera at an address of any kind.
#[must_use]
pub fn at(stream_type: &str, url: &str) -> Value {
    json!({ "name": "Gate", "location": "Ground floor", "streamType": stream_type, "streamUrl": url, "direction": "entry" })
}

/// A real RTSP stream of a scene.
#[must_use]
pub fn rtsp(scene: &str) -> Value {
    at("RTSP", &simulator().rtsp(scene))
}

/// A picture file: the camera that costs nothing, for tests of everything behind it.
#[must_use]
pub fn picture() -> Value {
    file(&camera::picture("entrance"))
}

/// A file below the media root.
#[must_use]
pub fn file(path: &Path) -> Value {
    at("Local File", path.to_str().unwrap())
}

//! A look at every enabled camera.

use std::time::Duration;

use queue::{Unique, Window};
use serde::{Deserialize, Serialize};

use crate::{Job, queues};

/// Probe all enabled cameras, mark them on- or offline, and raise or resolve their alerts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckCameraHealth {}

/// How many cameras answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CameraHealthReport {
    /// Cameras that gave a picture.
    pub online: usize,
    /// Cameras that did not.
    pub offline: usize,
}

impl Job for CheckCameraHealth {
    const KIND: &'static str = "check_camera_health";
    const QUEUE: &'static str = queues::SYSTEM;
    const MAX_ATTEMPTS: u32 = 1;
    const TIMEOUT: Duration = Duration::from_secs(60);
    type Output = CameraHealthReport;

    fn unique(&self) -> Option<Unique> {
        Some(Unique { key: "check_camera_health".to_owned(), window: Window::UntilFinished })
    }
}

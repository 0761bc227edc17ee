//! One frame of one camera, asked for by the camera's own interval: it may be lost, and is worthless when late.

use std::time::Duration;

use queue::{Retention, Unique, Window};
use serde::{Deserialize, Serialize};

use crate::{FrameReport, Job, queues};

/// The automatic twin of [`crate::SendFrame`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaptureFrame {
    /// The camera.
    pub camera_id: String,
    /// Its interval, after which the next one makes this one worthless.
    pub interval_seconds: u32,
}

impl Job for CaptureFrame {
    const KIND: &'static str = "capture_frame";
    const QUEUE: &'static str = queues::CAPTURE;
    const MAX_ATTEMPTS: u32 = 1;
    const TIMEOUT: Duration = Duration::from_secs(30);
    const DURABLE: bool = false;
    const RETENTION: Retention = Retention::CountersOnly;
    type Output = FrameReport;

    fn priority(&self) -> u8 {
        4
    }

    /// At most one waits or runs for each camera, so a slow camera cannot fill the queue.
    fn unique(&self) -> Option<Unique> {
        Some(Unique { key: format!("capture:{}", self.camera_id), window: Window::UntilFinished })
    }

    fn expires_in(&self) -> Option<Duration> {
        Some(Duration::from_secs(u64::from(self.interval_seconds).max(2)))
    }
}

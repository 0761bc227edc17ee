//! One frame of one camera, asked for by a person: it is never lost.

use std::time::Duration;

use queue::ConcurrencyKey;
use serde::{Deserialize, Serialize};

use crate::{Job, queues};

/// Capture a frame of a camera now, and see who is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendFrame {
    /// The camera.
    pub camera_id: String,
}

/// What a frame led to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FrameReport {
    /// Faces that were stored as detections.
    pub detections: usize,
    /// Employees among them.
    pub authorized: Vec<String>,
    /// Faces of nobody known.
    pub unknown: usize,
    /// Milliseconds that each step took.
    pub steps: Steps,
}

/// Milliseconds of each step of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Steps {
    /// Capture of the frame.
    pub capture_ms: u64,
    /// The provider's answer, and the snapshot's way into storage beside it.
    pub recognise_ms: u64,
    /// The transaction.
    pub store_ms: u64,
}

impl Job for SendFrame {
    const KIND: &'static str = "send_frame";
    const QUEUE: &'static str = queues::CAPTURE;
    const MAX_ATTEMPTS: u32 = 3;
    const TIMEOUT: Duration = Duration::from_secs(30);
    type Output = FrameReport;

    /// Somebody waits for it, unlike for the automatic ones on the same queue.
    fn priority(&self) -> u8 {
        7
    }

    fn concurrency_key(&self) -> Option<ConcurrencyKey> {
        Some(ConcurrencyKey { key: format!("camera:{}", self.camera_id), limit: 1 })
    }
}

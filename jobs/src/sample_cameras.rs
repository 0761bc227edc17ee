//! The heartbeat of automatic capture.

use std::time::Duration;

use queue::{ConcurrencyKey, Retention};
use serde::{Deserialize, Serialize};

use crate::{Job, queues};

/// Enqueue a capture for every camera whose interval is over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleCameras {}

impl Job for SampleCameras {
    const KIND: &'static str = "sample_cameras";
    const QUEUE: &'static str = queues::DEFAULT;
    const MAX_ATTEMPTS: u32 = 1;
    const TIMEOUT: Duration = Duration::from_secs(5);
    const RETENTION: Retention = Retention::CountersOnly;
    /// Cameras that a capture was enqueued for.
    type Output = usize;

    fn priority(&self) -> u8 {
        8
    }

    /// One at a time; a unique key would only be free again once the sweeper has seen the last one end.
    fn concurrency_key(&self) -> Option<ConcurrencyKey> {
        Some(ConcurrencyKey { key: "sample_cameras".to_owned(), limit: 1 })
    }

    /// The next second brings another.
    fn expires_in(&self) -> Option<Duration> {
        Some(Duration::from_secs(3))
    }
}

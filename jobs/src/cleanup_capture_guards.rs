//! The removal of what automatic captures leave behind in the database.

use std::time::Duration;

use queue::{Unique, Window};
use serde::{Deserialize, Serialize};

use crate::{Job, queues};

/// Remove the guards of the effects of automatic captures that cannot run again. At 500 captures a second they are 43 million a day:
/// left to the daily clean-up, they would outgrow everything else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanupCaptureGuards {}

impl Job for CleanupCaptureGuards {
    const KIND: &'static str = "cleanup_capture_guards";
    const QUEUE: &'static str = queues::SYSTEM;
    const MAX_ATTEMPTS: u32 = 1;
    const TIMEOUT: Duration = Duration::from_secs(240);
    /// Guards that were removed.
    type Output = u64;

    fn unique(&self) -> Option<Unique> {
        Some(Unique { key: "cleanup_capture_guards".to_owned(), window: Window::UntilFinished })
    }
}

//! The end of presences that nobody confirmed.

use std::time::Duration;

use queue::{Unique, Window};
use serde::{Deserialize, Serialize};

use crate::{Job, queues};

/// Mark everybody as gone who was not seen for the configured time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpirePresence {}

impl Job for ExpirePresence {
    const KIND: &'static str = "expire_presence";
    const QUEUE: &'static str = queues::SYSTEM;
    const MAX_ATTEMPTS: u32 = 1;
    const TIMEOUT: Duration = Duration::from_secs(30);
    /// People who count as gone now.
    type Output = u64;

    fn unique(&self) -> Option<Unique> {
        Some(Unique { key: "expire_presence".to_owned(), window: Window::UntilFinished })
    }
}

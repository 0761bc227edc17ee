//! The trait by which a payload describes itself as a job.

use std::time::Duration;

use queue::{Backoff, ConcurrencyKey, Retention, Unique};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// A payload that can be enqueued. The kind is a stable name, never a type's; a payload that changes its shape gets a
/// new version, so that workers of two releases can share a queue.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Stable name of the kind.
    const KIND: &'static str;
    /// Version of the payload's shape.
    const VERSION: u16 = 1;
    /// Queue that it runs on.
    const QUEUE: &'static str;
    /// Attempts before it is dead.
    const MAX_ATTEMPTS: u32 = 3;
    /// Longest time one attempt may take.
    const TIMEOUT: Duration = Duration::from_secs(30);
    /// Waits between attempts.
    const BACKOFF: Backoff = Backoff { base: Duration::from_secs(1), cap: Duration::from_secs(60) };
    /// Whether it goes through the outbox, so that an accepted one is never lost.
    const DURABLE: bool = true;
    /// What is kept when it has ended.
    const RETENTION: Retention = Retention::Keep { period: Duration::from_secs(86_400), at_most: 100_000 };
    /// What a finished one leaves as its result.
    type Output: Serialize + DeserializeOwned;

    /// 0 to 9; 9 goes first.
    fn priority(&self) -> u8 {
        5
    }

    /// What no second waiting or running one may share.
    fn unique(&self) -> Option<Unique> {
        None
    }

    /// What only so many may work on at a time.
    fn concurrency_key(&self) -> Option<ConcurrencyKey> {
        None
    }

    /// After which time it is not worth running.
    fn expires_in(&self) -> Option<Duration> {
        None
    }
}

/// Who asked for a job; it travels with it into every log line and event.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// Id of the HTTP request, or of the tick.
    pub request_id: Uuid,
    /// User who made it; nobody for the scheduler.
    pub actor: Option<Uuid>,
}

impl Origin {
    /// Work that no person asked for.
    #[must_use]
    pub fn system() -> Self {
        Self { request_id: Uuid::now_v7(), actor: None }
    }
}

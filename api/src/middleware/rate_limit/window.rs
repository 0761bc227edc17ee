//! The sliding window itself, one Lua call a request.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use platform::redis::{Link, Script};
use redis::RedisError;

/// Length of the window in milliseconds.
const LENGTH: u64 = 60_000;

/// Longest that a call waits for Redis before it passes uncounted.
const PATIENCE: Duration = Duration::from_millis(250);

/// How long nobody asks after Redis did not answer, in milliseconds.
const PAUSE: u64 = 1_000;

/// What the window says about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may pass.
    pub allowed: bool,
    /// Calls left.
    pub remaining: u32,
    /// Until the window is new, or for a refused call until one passes again.
    pub reset: Duration,
}

/// Counts calls.
pub struct Window {
    redis: Link,
    script: Script,
    prefix: String,
    started: Instant,
    paused_until: AtomicU64,
}

impl Window {
    /// Windows whose keys begin with `prefix`.
    #[must_use]
    pub fn new(redis: Link, prefix: &str) -> Self {
        Self {
            redis,
            script: Script::new(include_str!("window.lua")),
            prefix: format!("{prefix}:rate"),
            started: Instant::now(),
            paused_until: AtomicU64::new(0),
        }
    }

    /// Counts a call of `caller`; nothing when Redis cannot be asked.
    pub async fn count(&self, caller: &str, limit: u32) -> Option<Verdict> {
        if self.now() < self.paused_until.load(Ordering::Relaxed) {
            return None;
        }
        match tokio::time::timeout(PATIENCE, self.ask(caller, limit)).await {
            Ok(Ok(verdict)) => Some(verdict),
            Ok(Err(error)) => self.give_up(&error.to_string()),
            Err(_) => self.give_up("no answer in time"),
        }
    }

    async fn ask(&self, caller: &str, limit: u32) -> Result<Verdict, RedisError> {
        let mut call = self.script.on(&format!("{}:{caller}", self.prefix));
        call.arg(limit).arg(LENGTH);
        let (allowed, remaining, reset): (u8, u32, u64) = self.script.run(&self.redis, &call).await?;
        Ok(Verdict { allowed: allowed == 1, remaining, reset: Duration::from_millis(reset) })
    }

    fn give_up(&self, reason: &str) -> Option<Verdict> {
        self.paused_until.store(self.now() + PAUSE, Ordering::Relaxed);
        tracing::warn!(reason, "rate limits are off: Redis does not answer");
        None
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

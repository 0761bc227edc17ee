//! What a worker takes and how it holds it.

use std::time::Duration;

use crate::error::QueueError;

/// One queue of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueShare {
    /// Its name.
    pub name: String,
    /// Its share of the turns, relative to the other queues; at least 1.
    pub weight: u32,
    /// Most jobs of it at a time; `None` is 75 % of the concurrency, or all of it for the only queue.
    pub cap: Option<usize>,
}

impl QueueShare {
    /// A queue with weight 1 and the default cap.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), weight: 1, cap: None }
    }
}

/// Settings of one worker process. The durations are the contract's unless a test shortens them.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// Unique per process, never reused: host, pid and a random part. Running jobs name it.
    pub name: String,
    /// The machine.
    pub host: String,
    /// The program's version.
    pub version: String,
    /// The queues to take from.
    pub queues: Vec<QueueShare>,
    /// The kinds and payload versions that it has handlers for.
    pub kinds: Vec<(String, u16)>,
    /// Jobs at a time.
    pub concurrency: usize,
    /// How long a job is held without a renewal (10 s). The lease clock may move by 2 s at once after a stall, so that a lease of
    /// 2 s or less can be lost by one: that is for tests.
    pub lease: Duration,
    /// How often leases are renewed (1 s).
    pub renew_every: Duration,
    /// Longest wait between two fetches of an idle queue (1 s).
    pub idle_wait: Duration,
    /// From the cancellation token to the abort of the task (1 s).
    pub cancel_grace: Duration,
    /// Longest pause between two attempts to reach Redis (1 s).
    pub retry_cap: Duration,
    /// How often the worker reports itself (2 s); it counts as live for five times that.
    pub heartbeat_every: Duration,
}

impl WorkerOptions {
    /// The contract's settings for a worker of this name.
    #[must_use]
    pub fn new(name: impl Into<String>, queues: Vec<QueueShare>, kinds: Vec<(String, u16)>) -> Self {
        Self {
            name: name.into(),
            host: String::new(),
            version: String::new(),
            queues,
            kinds,
            concurrency: 16,
            lease: Duration::from_secs(10),
            renew_every: Duration::from_secs(1),
            idle_wait: Duration::from_secs(1),
            cancel_grace: Duration::from_secs(1),
            retry_cap: Duration::from_secs(1),
            heartbeat_every: Duration::from_secs(2),
        }
    }

    /// Refuses settings that contradict each other.
    ///
    /// # Errors
    /// [`QueueError::Invalid`] with the reason.
    pub fn check(&self) -> Result<(), QueueError> {
        let reason = if self.name.is_empty() {
            "a worker needs a name"
        } else if self.queues.is_empty() || self.kinds.is_empty() {
            "a worker needs a queue and a kind"
        } else if self.concurrency == 0 {
            "a worker runs at least one job at a time"
        } else if self.renew_every * 3 > self.lease {
            "a lease must outlast three renewals"
        } else if self.queues.iter().any(|queue| queue.weight == 0 || queue.cap == Some(0)) {
            "a queue's weight and cap are at least 1"
        } else {
            return Ok(());
        };
        Err(QueueError::Invalid(reason.to_owned()))
    }

    /// Most jobs of one queue at a time.
    pub(crate) fn cap_of(&self, share: &QueueShare) -> usize {
        match share.cap {
            Some(cap) => cap.min(self.concurrency),
            None if self.queues.len() == 1 => self.concurrency,
            None => (self.concurrency * 3 / 4).max(1),
        }
    }
}

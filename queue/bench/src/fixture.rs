//! The job that does nothing, and queues full of it.

use std::time::{Duration, Instant};

use queue::{JobOptions, NewJob, Queues, QueuesConfig, Retention};
use serde::{Deserialize, Serialize};

pub(crate) const QUEUE: &str = "bench";
pub(crate) const KIND: &str = "noop";

/// A number from the environment.
pub(crate) fn number_or(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Microseconds since 1970, the clock that processes share.
pub(crate) fn now_us() -> u64 {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(since_epoch.as_micros()).unwrap()
}

/// What a job tells its handler.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payload {
    /// When it was sent; its worker keeps the latency unless this is 0.
    pub(crate) sent_us: u64,
    #[serde(default, skip_serializing_if = "Act::is_nothing")]
    pub(crate) act: Act,
}

/// What a handler does. All but the first are counted in Redis as they start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Act {
    #[default]
    Nothing,
    Succeed,
    Fail,
    Panic,
}

impl Act {
    fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }
}

/// The key that counts the starts of an act.
pub(crate) fn starts_key(prefix: &str, act: Act) -> String {
    format!("starts:{prefix}:{act:?}")
}

/// A job that does nothing.
pub(crate) fn job(retention: Retention, sent_us: u64) -> NewJob {
    let mut options = JobOptions::on(QUEUE);
    options.retention = retention;
    NewJob::new(KIND, 1, &Payload { sent_us, act: Act::Nothing }, options).unwrap()
}

/// Queues below a prefix of their own.
pub(crate) async fn fresh(url: &str) -> Queues {
    connect(url, fresh_prefix()).await
}

/// A prefix that nobody used.
pub(crate) fn fresh_prefix() -> String {
    format!("b{}", uuid::Uuid::now_v7().simple())
}

pub(crate) async fn connect(url: &str, prefix: String) -> Queues {
    let config = QueuesConfig { prefix, high_water: 10_000_000, ..QueuesConfig::default() };
    Queues::connect(url, config).await.unwrap()
}

/// Enqueues so many jobs in bulk and returns how long Redis and the client took, the jobs' making left out.
pub(crate) async fn prefill(queues: &Queues, jobs: usize, retention: Retention) -> Duration {
    let mut spent = Duration::ZERO;
    for first in (0..jobs).step_by(500) {
        let batch: Vec<NewJob> = (first..jobs.min(first + 500)).map(|_| job(retention, 0)).collect();
        let began = Instant::now();
        queues.enqueue(&batch).await.unwrap();
        spent += began.elapsed();
    }
    spent
}

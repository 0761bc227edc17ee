//! How a job is to be run: queue, order, retries, limits and retention. The outbox stores these options as JSON, so
//! that a job pushed again after a loss in Redis is the same job.

use std::{borrow::Cow, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::batch::BatchRef;
use crate::error::QueueError;
use crate::millis;

/// Everything about a job but its kind, payload and context. Start from [`JobOptions::on`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobOptions {
    /// The queue it stands in.
    pub queue: Cow<'static, str>,
    /// 0 to 9, 9 first; a waiting job gains one step a minute.
    pub priority: u8,
    /// Attempts before the job is dead, 1 to 1,000. Lost workers and snoozes are not attempts.
    pub max_attempts: u32,
    /// How long one attempt may take.
    #[serde(with = "millis")]
    pub timeout: Duration,
    /// Delay between attempts.
    pub backoff: Backoff,
    /// Not before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_at: Option<DateTime<Utc>>,
    /// Worthless when not started by this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// At most one of its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique: Option<Unique>,
    /// At most `limit` of its key in ready or running at a time, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency_key: Option<ConcurrencyKey>,
    /// At most so many starts of its key per period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<RateLimit>,
    /// What stays in Redis after success.
    pub retention: Retention,
    /// The job has a row in `job_outbox`: its terminal record stays until that row is finished.
    #[serde(default)]
    pub durable: bool,
    /// The batch that waits for this job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchRef>,
}

impl JobOptions {
    /// Options of a plain job: priority 5, three attempts of 30 s, default backoff, kept a day.
    #[must_use]
    pub fn on(queue: impl Into<Cow<'static, str>>) -> Self {
        Self {
            queue: queue.into(),
            priority: 5,
            max_attempts: 3,
            timeout: Duration::from_secs(30),
            backoff: Backoff::default(),
            run_at: None,
            expires_at: None,
            unique: None,
            concurrency_key: None,
            rate: None,
            retention: Retention::default(),
            durable: false,
            batch: None,
        }
    }

    /// Checks what a type cannot: the range of the priority, the count of attempts, names, limits above zero.
    ///
    /// # Errors
    /// [`QueueError::Invalid`] with the reason.
    pub fn check(&self) -> Result<(), QueueError> {
        let name_is_safe = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
        let reason = if self.queue.is_empty() || !self.queue.chars().all(name_is_safe) {
            "a queue's name has letters, digits and _ - . : only"
        } else if self.priority > 9 {
            "a priority is 0 to 9"
        } else if self.max_attempts == 0 || self.max_attempts > 1000 {
            "a job has 1 to 1,000 attempts"
        } else if self.keys().any(|key| key.len() > 500) {
            "a key has at most 500 bytes"
        } else if self.concurrency_key.as_ref().is_some_and(|key| key.limit == 0) {
            "a concurrency limit is at least 1"
        } else if self.rate.as_ref().is_some_and(|rate| rate.limit == 0 || rate.period.is_zero()) {
            "a rate limit needs a count and a period"
        } else {
            return Ok(());
        };
        Err(QueueError::Invalid(reason.to_owned()))
    }
}

impl JobOptions {
    fn keys(&self) -> impl Iterator<Item = &str> {
        let unique = self.unique.as_ref().map(|unique| unique.key.as_str());
        let concurrency = self.concurrency_key.as_ref().map(|key| key.key.as_str());
        let rate = self.rate.as_ref().map(|rate| rate.key.as_str());
        [unique, concurrency, rate].into_iter().flatten()
    }
}

/// Exponential backoff with full jitter: a random time between zero and `base · 2^(attempt−1)`, at most `cap`.
/// Full jitter spreads the retries of jobs that failed together (M. Brooker, "Exponential Backoff And Jitter", 2015).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backoff {
    /// Upper bound of the first delay.
    #[serde(with = "millis")]
    pub base: Duration,
    /// Upper bound of every delay.
    #[serde(with = "millis")]
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { base: Duration::from_secs(2), cap: Duration::from_secs(600) }
    }
}

impl Backoff {
    /// The longest delay that may follow the failed attempt number `attempt` (from 1).
    #[must_use]
    pub fn ceiling(self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        self.base.saturating_mul(1 << doublings).min(self.cap)
    }

    /// The delay after attempt number `attempt`, with `draw` in 0.0..1.0 as the jitter.
    #[must_use]
    pub fn delay(self, attempt: u32, draw: f64) -> Duration {
        self.ceiling(attempt).mul_f64(draw.clamp(0.0, 1.0))
    }
}

/// At most one job of a key per window; a duplicate is answered with the first one's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unique {
    /// The key, unique within the queue.
    pub key: String,
    /// How long it is taken.
    pub window: Window,
}

/// How long a unique key is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Window {
    /// Until the owner is done, dead, cancelled or expired.
    UntilFinished,
    /// For this long after the enqueue, whatever becomes of the owner.
    For(#[serde(with = "millis")] Duration),
}

/// At most `limit` jobs of a key at a time; the others wait their turn, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConcurrencyKey {
    /// The key, unique within the queue.
    pub key: String,
    /// Jobs at a time, at least 1.
    pub limit: u32,
}

/// At most `limit` starts of a key in any `period`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    /// The key, unique within the queue.
    pub key: String,
    /// Starts per period, at least 1.
    pub limit: u32,
    /// The length of the sliding window.
    #[serde(with = "millis")]
    pub period: Duration,
}

/// What stays in Redis of a job that is done. Failed ones are kept 30 days, 10,000 a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Retention {
    /// The record, for a time and up to a count per kind.
    #[serde(rename_all = "camelCase")]
    Keep {
        /// How long after its end.
        #[serde(with = "millis")]
        period: Duration,
        /// How many of the kind.
        at_most: u32,
    },
    /// Only the counters.
    CountersOnly,
}

impl Default for Retention {
    fn default() -> Self {
        Self::Keep { period: Duration::from_secs(24 * 3600), at_most: 100_000 }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_delay_stays_below_its_ceiling_and_the_cap(
            base in 0_u64..100_000, cap in 0_u64..10_000_000, attempt in 0_u32..1000, draw in 0.0..1.0_f64,
        ) {
            let backoff = Backoff { base: Duration::from_millis(base), cap: Duration::from_millis(cap) };
            let delay = backoff.delay(attempt, draw);
            prop_assert!(delay <= backoff.ceiling(attempt));
            prop_assert!(backoff.ceiling(attempt) <= backoff.cap);
        }

        #[test]
        fn the_ceiling_never_falls_with_the_attempt(base in 0_u64..100_000, attempt in 1_u32..60) {
            let backoff = Backoff { base: Duration::from_millis(base), cap: Duration::from_secs(600) };
            prop_assert!(backoff.ceiling(attempt) <= backoff.ceiling(attempt + 1));
        }
    }

    #[test]
    fn options_survive_the_outbox() {
        let mut options = JobOptions::on("capture");
        options.unique =
            Some(Unique { key: "camera-1".to_owned(), window: Window::For(Duration::from_secs(5)) });
        options.retention = Retention::CountersOnly;
        options.run_at = DateTime::from_timestamp_millis(1_700_000_000_123);
        let json = serde_json::to_string(&options).unwrap();
        assert_eq!(serde_json::from_str::<JobOptions>(&json).unwrap(), options);
    }
}

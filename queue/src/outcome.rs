//! What a handler answers.

use std::time::Duration;

/// How an attempt ended, in the handler's own words. Errors, panics and time-outs count as [`Outcome::Retry`].
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Success, with the result that the API shows (`null` for none).
    Done(serde_json::Value),
    /// Failed; try again after the job's backoff, while attempts are left.
    Retry(String),
    /// Failed; try again after exactly this time, while attempts are left.
    RetryAfter(String, Duration),
    /// Failed for good.
    Discard(String),
    /// Not now: come back after this time, without spending an attempt.
    Snooze(Duration),
}

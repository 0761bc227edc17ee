//! Jobs as operators and users see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::job::{JobContext, JobId};
use crate::machine::JobState;

/// Everything known about one job.
#[derive(Debug, Clone)]
pub struct JobView {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// The version of its payload.
    pub version: u16,
    /// Its queue.
    pub queue: String,
    /// Where it stands.
    pub state: JobState,
    /// 0 to 9.
    pub priority: u8,
    /// Attempts spent, the running one included.
    pub attempt: u32,
    /// Attempts it may spend.
    pub max_attempts: u32,
    /// Runs that ended with the loss of their worker.
    pub losses: u32,
    /// Every ended attempt, and the running one.
    pub attempts: Vec<Attempt>,
    /// What its handler last reported.
    pub progress: Option<Progress>,
    /// What its handler answered, once done.
    pub result: Option<Box<RawValue>>,
    /// Why it last failed.
    pub error: Option<String>,
    /// Its payload.
    pub payload: Box<RawValue>,
    /// Where it came from.
    pub context: JobContext,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it is due, while it is scheduled or waits for a retry.
    pub due_at: Option<DateTime<Utc>>,
    /// When its last attempt began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// The worker of its last attempt.
    pub worker: Option<String>,
    /// A cancellation waits for its handler to stop.
    pub cancel_requested: bool,
}

/// One attempt, as kept in Redis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// From 1. A lost worker repeats the number, since it spends none.
    pub attempt: u32,
    /// When it began.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub started_at: DateTime<Utc>,
    /// When it ended; `None` while it runs.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub ended_at: Option<DateTime<Utc>>,
    /// Where it ran.
    pub worker: String,
    /// Why it failed; `None` when it did not.
    #[serde(default)]
    pub error: Option<String>,
}

/// What a handler last reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// 0 to 100.
    pub percent: u8,
    /// What it is doing.
    pub text: String,
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// Newest first.
    pub items: Vec<T>,
    /// How many there are on all pages.
    pub total: u64,
}

/// The answer to a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelAnswer {
    /// It was waiting and is cancelled now.
    Cancelled,
    /// It runs; its handler is told within two seconds.
    Requested,
    /// It has ended already.
    WrongState(JobState),
    /// There is no such job.
    NotFound,
}

/// The answer to an operator's retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAnswer {
    /// It is waiting again, with all its attempts.
    Queued,
    /// Only dead, cancelled and expired jobs can be retried.
    WrongState(JobState),
    /// Another job holds its unique key.
    UniqueTaken(JobId),
    /// There is no such job.
    NotFound,
}

/// What Redis knows of a job, for the outbox sweeper.
#[derive(Debug, Clone)]
pub enum Presence {
    /// Nothing: push it again.
    Missing,
    /// It is on its way.
    Live,
    /// It ended: copy the outcome to its row, then call [`crate::Queues::confirm_finished`].
    Terminal(Finished),
}

/// How a job ended.
#[derive(Debug, Clone)]
pub struct Finished {
    /// Done, dead, cancelled or expired.
    pub state: JobState,
    /// When.
    pub at: DateTime<Utc>,
    /// The handler's answer.
    pub result: Option<Box<RawValue>>,
    /// Why it failed.
    pub error: Option<String>,
}

//! A job as clients see it: as the queue knows it, or, where the queue does not know it yet or any more, as the outbox
//! does.

use chrono::{DateTime, Utc};
use entity::job_outbox::{Model, Outcome};
use poem_openapi::{Enum, Object};
use queue::{JobState, JobView};
use serde_json::Value;
use uuid::Uuid;

use crate::timestamp::Timestamp;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "JobState", rename_all = "lowercase")]
pub enum JobStatus {
    /// Waits for its time.
    Scheduled,
    /// Waits for a worker.
    Ready,
    /// A worker has it.
    Running,
    /// Failed, and waits for its next attempt.
    Retry,
    /// Succeeded.
    Done,
    /// Failed for good.
    Dead,
    /// Called off.
    Cancelled,
    /// Was not started while it was worth it.
    Expired,
}

/// One attempt.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct JobAttempt {
    /// From 1; an attempt whose worker was lost is repeated under its number.
    attempt: u32,
    /// When it began.
    started_at: Timestamp,
    /// When it ended; null while it runs.
    ended_at: Option<Timestamp>,
    /// The worker.
    worker: String,
    /// Why it failed.
    error: Option<String>,
}

/// A job.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Job {
    /// Id.
    id: Uuid,
    /// Its kind.
    #[oai(rename = "type")]
    kind: String,
    /// Its queue.
    queue: String,
    /// Where it stands.
    status: JobStatus,
    /// 0 to 100: what it last said, 100 once done.
    progress: u8,
    /// What it last said that it was doing; null where it says nothing, and once it is done.
    progress_text: Option<String>,
    /// Its attempts so far, the running one included.
    attempts: Vec<JobAttempt>,
    /// What it answered, once done.
    result: Option<Value>,
    /// The request that caused it.
    request_id: Option<Uuid>,
    /// When it was made.
    created_at: Timestamp,
}

impl From<JobView> for Job {
    fn from(job: JobView) -> Self {
        let attempt = |attempt: queue::Attempt| JobAttempt {
            attempt: attempt.attempt,
            started_at: attempt.started_at.into(),
            ended_at: attempt.ended_at.map(Timestamp),
            worker: attempt.worker,
            error: attempt.error,
        };
        Self {
            id: job.id,
            kind: job.kind,
            queue: job.queue,
            status: job.state.into(),
            progress: percent(job.state.into(), job.progress.as_ref().map(|said| said.percent)),
            progress_text: job.progress.map(|said| said.text).filter(|text| is_under_way(job.state, text)),
            attempts: job.attempts.into_iter().map(attempt).collect(),
            result: job.result.and_then(|json| serde_json::from_str(json.get()).ok()),
            request_id: job.context.request_id.and_then(|id| id.parse().ok()),
            created_at: job.created_at.into(),
        }
    }
}

/// Whether what a job said last still holds: of one that is done, its result tells more.
fn is_under_way(state: JobState, said: &str) -> bool {
    state != JobState::Done && !said.is_empty()
}

impl Job {
    /// The job of an outbox row that the queue does not know, with the result that its effects left.
    #[must_use]
    pub fn accepted(row: Model, result: Option<Value>, now: DateTime<Utc>) -> Self {
        let status = status_of(&row, now);
        Self {
            id: row.id,
            status,
            kind: row.kind,
            queue: row.queue,
            progress: percent(status, None),
            progress_text: None,
            attempts: Vec::new(),
            result,
            request_id: Some(row.request_id),
            created_at: row.created_at.into(),
        }
    }
}

fn percent(status: JobStatus, said: Option<u8>) -> u8 {
    if status == JobStatus::Done { 100 } else { said.unwrap_or_default() }
}

fn status_of(row: &Model, now: DateTime<Utc>) -> JobStatus {
    let run_at = row.options.pointer("/options/runAt").and_then(Value::as_str);
    let run_at = run_at.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    match row.outcome {
        Some(Outcome::Done) => JobStatus::Done,
        Some(Outcome::Dead) => JobStatus::Dead,
        Some(Outcome::Cancelled) => JobStatus::Cancelled,
        Some(Outcome::Expired) => JobStatus::Expired,
        None if row.cancel_requested_at.is_some() => JobStatus::Cancelled,
        None if run_at.is_some_and(|time| time > now) => JobStatus::Scheduled,
        None => JobStatus::Ready,
    }
}

//! The run field of a job, and the view made of all its fields. `lua/prelude.lua` has the layout.

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::error::QueueError;
use crate::machine::JobState;
use crate::packed::{Reader, unpack};
use crate::view::{Attempt, JobView, Progress};

const CANCEL_REQUESTED: u8 = 8;

/// A run field, read back.
#[derive(Debug, Clone)]
pub(crate) struct RunRecord {
    pub(crate) state: JobState,
    pub(crate) extras: u8,
    pub(crate) losses: u8,
    pub(crate) attempt: u16,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) worker: String,
}

impl RunRecord {
    /// A job that was never taken has no run field.
    fn untouched() -> Self {
        Self {
            state: JobState::Ready,
            extras: 0,
            losses: 0,
            attempt: 0,
            started_at: None,
            at: None,
            worker: String::new(),
        }
    }

    pub(crate) fn read(raw: &[u8]) -> Result<Self, QueueError> {
        Self::parse(raw).ok_or_else(|| QueueError::Corrupt("a run field does not decode".to_owned()))
    }

    fn parse(raw: &[u8]) -> Option<Self> {
        let mut from = Reader(raw);
        let [letter, _flags, extras, losses] = from.array()?;
        let attempt = u16::from_be_bytes(from.array()?);
        from.bytes(8)?;
        let (started, at) = (f64::from_be_bytes(from.array()?), f64::from_be_bytes(from.array()?));
        Some(Self {
            state: JobState::from_letter(letter)?,
            extras,
            losses,
            attempt,
            started_at: time(started),
            at: time(at),
            worker: std::str::from_utf8(from.0).ok()?.to_owned(),
        })
    }
}

/// A time in ms as Lua keeps it; zero stands for none.
fn time(ms: f64) -> Option<DateTime<Utc>> {
    let since_epoch = std::time::Duration::try_from_secs_f64(ms / 1000.0).ok()?;
    let ms = i64::try_from((since_epoch + std::time::Duration::from_micros(500)).as_millis()).ok()?;
    (ms > 0).then(|| DateTime::from_timestamp_millis(ms)).flatten()
}

/// All fields of one job.
pub(crate) struct Fields {
    pub(crate) packed: Vec<u8>,
    pub(crate) run: Option<Vec<u8>>,
    pub(crate) log: Option<String>,
    pub(crate) result: Option<String>,
    pub(crate) progress: Option<String>,
}

/// The log is the inside of a JSON list.
pub(crate) fn read_log(log: &str) -> Result<Vec<Attempt>, QueueError> {
    serde_json::from_str(&format!("[{log}]"))
        .map_err(|e| QueueError::Corrupt(format!("log of attempts: {e}")))
}

/// Puts the fields of a job together.
pub(crate) fn view(id: Uuid, queue: &str, fields: Fields) -> Result<JobView, QueueError> {
    let job = unpack(&fields.packed)?;
    let run = fields.run.as_deref().map_or_else(|| Ok(RunRecord::untouched()), RunRecord::read)?;
    let mut attempts = fields.log.as_deref().map_or_else(|| Ok(Vec::new()), read_log)?;
    let error = attempts.last().and_then(|last| last.error.clone()).filter(|_| run.state != JobState::Done);
    attempts.extend(unlogged_attempt(&run));
    let due = matches!(run.state, JobState::Scheduled | JobState::Retry);
    Ok(JobView {
        id,
        kind: job.kind.to_string(),
        version: job.version,
        queue: queue.to_owned(),
        state: run.state,
        priority: job.priority,
        attempt: u32::from(run.attempt),
        max_attempts: job.max_attempts,
        losses: u32::from(run.losses),
        attempts,
        progress: fields.progress.and_then(|json| serde_json::from_str::<Progress>(&json).ok()),
        result: fields.result.and_then(|json| RawValue::from_string(json).ok()),
        error,
        payload: job.payload,
        context: job.context,
        created_at: job.created_at,
        due_at: run.at.filter(|_| due),
        started_at: run.started_at,
        finished_at: run.at.filter(|_| run.state.is_terminal()),
        worker: (!run.worker.is_empty()).then_some(run.worker),
        cancel_requested: run.extras & CANCEL_REQUESTED != 0,
    })
}

/// The running attempt, or the one that succeeded: only failures are logged, so that success costs nothing.
fn unlogged_attempt(run: &RunRecord) -> Option<Attempt> {
    matches!(run.state, JobState::Running | JobState::Done).then_some(())?;
    Some(Attempt {
        attempt: u32::from(run.attempt),
        started_at: run.started_at?,
        ended_at: run.at,
        worker: run.worker.clone(),
        error: None,
    })
}

//! The outbox row of a job that a person starts again. It is opened in the transaction of the retry, with the unique key that the
//! job's kind claims, so that the retry is as durable as a new job, and no second one of its key runs beside it. Rows go a day after
//! their end, and failed jobs are kept for thirty: a row that is gone is made again from what the queue knows.

use chrono::{DateTime, Utc};
use entity::job_outbox::{self, Claim, Outcome};
use queue::{JobId, JobState, JobView, Queues, Window};
use sea_orm::{DatabaseTransaction, SqlErr};
use serde_json::Value;
use uuid::Uuid;

use crate::{EnqueueError, Origin, enqueue_as, known::work_of};

/// How a row stands after an attempt to open it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reopened {
    /// It is open.
    Open,
    /// It was open before: the sweeper has not seen an end.
    WasOpen,
    /// Only dead, cancelled and expired jobs start again.
    WrongState(JobState),
    /// Another job holds its unique key: this one, where it can be told.
    Taken(Option<JobId>),
    /// Neither the outbox nor the queue knows it.
    Unknown,
    /// No row can be made of it: jobs of its kind may be lost, or this release does not know the kind.
    Fleeting(String),
}

/// Opens the row of job `id`, or makes it again. The row stays locked until the transaction ends.
///
/// # Errors
/// The database is away, or the queue where it has to be asked.
pub async fn reopen(
    transaction: &DatabaseTransaction,
    queues: &Queues,
    id: JobId,
) -> Result<Reopened, EnqueueError> {
    match job_outbox::lock(transaction, id).await? {
        Some(row) if row.outcome == Some(Outcome::Done) => Ok(Reopened::WrongState(JobState::Done)),
        Some(row) => open(transaction, &row).await,
        None => match queues.job(id).await? {
            Some(job) => remake(transaction, job).await,
            None => Ok(Reopened::Unknown),
        },
    }
}

async fn open(transaction: &DatabaseTransaction, row: &job_outbox::Model) -> Result<Reopened, EnqueueError> {
    let claim = claim_of(row);
    if let Some(claim) = &claim
        && let Some(other) = job_outbox::holder_beside(transaction, row.id, &row.kind, &claim.key).await?
    {
        return Ok(Reopened::Taken(Some(other)));
    }
    match job_outbox::reopen(transaction, row.id, claim).await {
        Ok(()) if row.finished_at.is_none() => Ok(Reopened::WasOpen),
        Ok(()) => Ok(Reopened::Open),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            Ok(Reopened::Taken(None))
        }
        Err(error) => Err(error.into()),
    }
}

/// The key that the row's kind claims: a finished row has given it up.
fn claim_of(row: &job_outbox::Model) -> Option<Claim> {
    let version = row.options.get("version").and_then(Value::as_u64)?;
    let work = work_of(&row.kind, u16::try_from(version).ok()?, &row.payload)?;
    let unique = work.options.unique?;
    Some(Claim { key: unique.key, until: window_end(unique.window) })
}

/// When a window that begins now ends; `None` for one that lasts until the job is finished.
pub(crate) fn window_end(window: Window) -> Option<DateTime<Utc>> {
    match window {
        Window::UntilFinished => None,
        Window::For(time) => Some(Utc::now() + time),
    }
}

async fn remake(transaction: &DatabaseTransaction, job: JobView) -> Result<Reopened, EnqueueError> {
    if !job.state.is_terminal() || job.state == JobState::Done {
        return Ok(Reopened::WrongState(job.state));
    }
    let payload: Value = serde_json::from_str(job.payload.get())?;
    let Some(mut work) = work_of(&job.kind, job.version, &payload).filter(|work| work.options.durable) else {
        return Ok(Reopened::Fleeting(job.kind));
    };
    work.options.expires_at = None;
    let request_id = job.context.request_id.and_then(|id| id.parse().ok());
    let origin = Origin { request_id: request_id.unwrap_or_else(Uuid::now_v7), actor: job.context.actor };
    let pending = enqueue_as(transaction, job.id, work, origin).await?;
    Ok(if pending.duplicate { Reopened::Taken(Some(pending.id)) } else { Reopened::Open })
}

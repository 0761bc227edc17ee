//! Retrying and cancelling. Both are written into the outbox in the transaction of the audit row, so that a job which Redis loses
//! afterwards is neither run against somebody's will nor forgotten.

use std::sync::Arc;

use chrono::Utc;
use entity::{
    export_job::{self, Interrupted},
    job_outbox::{self, Outcome},
};
use jobs::Reopened;
use poem_openapi::Object;
use queue::{CancelAnswer, JobState, RetryAnswer};
use uuid::Uuid;

use crate::{
    audit::{Change, Entry},
    call::Call,
    error::ApiError,
    machinery::Queued,
    state::App,
};

/// What becomes of a job that was to be cancelled.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Cancelling {
    /// The job.
    job_id: Uuid,
    /// `cancelled`, or `cancelling` while its handler is being told, which takes two seconds at most.
    status: String,
}

/// Gives a dead, cancelled or expired job all its attempts again.
///
/// # Errors
/// No such job, one in another state, one whose unique key another job holds, or one that could be lost.
pub async fn retry(app: &App, call: &Arc<Call>, id: Uuid) -> Result<Queued, ApiError> {
    let change = Change::begin(&app.db, call).await?;
    let reopened = jobs::reopen(&change, &app.machinery.queues, id).await?;
    let was_open = reopened == Reopened::WasOpen;
    refuse(reopened)?;
    export_job::reopen(&*change, id).await?;
    // The row is locked until the commit: no sweeper decides by what the queue knew before.
    match app.machinery.queues.retry(id).await? {
        RetryAnswer::Queued => {}
        // The sweeper pushes every open row.
        RetryAnswer::NotFound if was_open => return Err(wrong_state(JobState::Ready)),
        RetryAnswer::NotFound => {}
        RetryAnswer::WrongState(state) => return Err(wrong_state(state)),
        RetryAnswer::UniqueTaken(other) => return Err(taken(Some(other))),
    }
    change.commit(Entry::new("job.retry", format!("Job {id} was started again")).on("job", &id)).await?;
    Ok(id.into())
}

fn refuse(reopened: Reopened) -> Result<(), ApiError> {
    match reopened {
        Reopened::Open | Reopened::WasOpen => Ok(()),
        Reopened::WrongState(state) => Err(wrong_state(state)),
        Reopened::Taken(other) => Err(taken(other)),
        Reopened::Unknown => Err(ApiError::not_found("job")),
        Reopened::Fleeting(kind) => {
            let why = format!("a {kind} job cannot be started again: it would not be kept safe from loss");
            Err(ApiError::InvalidState(why.into()))
        }
    }
}

fn taken(by: Option<Uuid>) -> ApiError {
    let who = by.map_or_else(|| "another job".to_owned(), |other| format!("the job {other}"));
    ApiError::InvalidState(format!("{who} stands in for it").into())
}

/// Cancels a job: at once while it waits, within two seconds while it runs.
///
/// # Errors
/// No such job, or one that has ended.
pub async fn cancel(app: &App, call: &Arc<Call>, id: Uuid) -> Result<Cancelling, ApiError> {
    let change = Change::begin(&app.db, call).await?;
    let called_off = call_off(app, &change, id).await?;
    change.commit(Entry::new("job.cancel", format!("Job {id} was cancelled")).on("job", &id)).await?;
    let status = called_off.tell(app).await?;
    Ok(Cancelling { job_id: id, status: status.to_owned() })
}

/// A job that is called off once the caller's change is committed.
#[must_use = "tell the queue after the commit, or the job goes on until the sweeper does"]
pub(in crate::routes) struct CalledOff {
    id: Uuid,
    /// Whether its row says so, too.
    noted: bool,
}

/// Calls a job off within a change of the caller's. A file that the job was making is not wanted any more once it is committed.
///
/// # Errors
/// As [`cancel`].
pub(in crate::routes) async fn call_off(app: &App, change: &Change, id: Uuid) -> Result<CalledOff, ApiError> {
    // The lock keeps the sweeper from pushing the row meanwhile.
    let row = job_outbox::lock(change, id).await?;
    let noted = match (app.machinery.queues.job(id).await?, row) {
        (Some(job), _) if job.state.is_terminal() => return Err(wrong_state(job.state)),
        (Some(_), _) => job_outbox::request_cancel(&**change, id).await?,
        (None, None) => return Err(ApiError::not_found("job")),
        (None, Some(row)) if row.finished_at.is_some() => {
            return Err(ApiError::InvalidState("the job has ended".into()));
        }
        (None, Some(_)) => {
            job_outbox::mark_finished(&**change, vec![id], Outcome::Cancelled, Utc::now()).await? == 1
        }
    };
    export_job::interrupt(&**change, id, Interrupted::Cancelled).await?;
    Ok(CalledOff { id, noted })
}

impl CalledOff {
    /// Tells the queue, and answers the job's status from then on. Where the queue is away, the sweeper tells it later.
    ///
    /// # Errors
    /// The job was faster, and has ended otherwise; the queue is away, and no row keeps the wish.
    pub(in crate::routes) async fn tell(self, app: &App) -> Result<&'static str, ApiError> {
        match app.machinery.queues.cancel(self.id).await {
            Ok(
                CancelAnswer::Cancelled
                | CancelAnswer::WrongState(JobState::Cancelled)
                | CancelAnswer::NotFound,
            ) => Ok("cancelled"),
            Ok(CancelAnswer::Requested) => Ok("cancelling"),
            Ok(CancelAnswer::WrongState(state)) => Err(wrong_state(state)),
            Err(error) if self.noted => {
                tracing::warn!(job = %self.id, %error, "left to the sweeper: a cancellation");
                Ok("cancelling")
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn wrong_state(state: JobState) -> ApiError {
    ApiError::InvalidState(format!("the job is {state}").into())
}

//! Retrying and cancelling. What the queue knows is decided there; the outbox row follows in the transaction of the
//! audit row, so that a job which Redis loses afterwards is neither run again against somebody's will nor forgotten.

use std::sync::Arc;

use chrono::Utc;
use entity::{
    export_job::{self, Interrupted},
    job_outbox::{self, ActiveModel, Column, Outcome},
};
use poem_openapi::Object;
use queue::{CancelAnswer, JobState, RetryAnswer};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
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
/// No such job, or one in another state.
pub async fn retry(app: &App, call: &Arc<Call>, id: Uuid) -> Result<Queued, ApiError> {
    let change = Change::begin(&app.db, call).await?;
    let reopened = reopen(&change, id).await?;
    export_job::reopen(&*change, id).await?;
    match app.machinery.queues.retry(id).await? {
        RetryAnswer::Queued => {}
        // The queue has forgotten it: the sweeper pushes every open row.
        RetryAnswer::NotFound if reopened => {}
        RetryAnswer::NotFound => return Err(missing(&change, id).await?),
        RetryAnswer::WrongState(state) => return Err(wrong_state(state)),
        RetryAnswer::UniqueTaken(other) => {
            return Err(ApiError::InvalidState(format!("the job {other} stands in for it").into()));
        }
    }
    change.commit(Entry::new("job.retry", format!("Job {id} was started again")).on("job", &id)).await?;
    Ok(id.into())
}

/// Opens the outbox row of a job that ended without success.
async fn reopen(change: &Change, id: Uuid) -> Result<bool, ApiError> {
    let open = ActiveModel { finished_at: Set(None), outcome: Set(None), ..Default::default() };
    let ended = [Outcome::Dead, Outcome::Cancelled, Outcome::Expired];
    let result = job_outbox::Entity::update_many()
        .set(open)
        .filter(Column::Id.eq(id))
        .filter(Column::Outcome.is_in(ended))
        .exec(&**change)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Cancels a job: at once while it waits, within two seconds while it runs.
///
/// # Errors
/// No such job, or one that has ended.
pub async fn cancel(app: &App, call: &Arc<Call>, id: Uuid) -> Result<Cancelling, ApiError> {
    let change = Change::begin(&app.db, call).await?;
    let status = call_off(app, &change, id).await?;
    change.commit(Entry::new("job.cancel", format!("Job {id} was cancelled")).on("job", &id)).await?;
    Ok(Cancelling { job_id: id, status: status.to_owned() })
}

/// The same within a change of the caller's; answers the job's status from then on. A file that the job was making is not wanted
/// any more once the change is committed.
///
/// # Errors
/// As [`cancel`].
pub(in crate::routes) async fn call_off(
    app: &App,
    change: &Change,
    id: Uuid,
) -> Result<&'static str, ApiError> {
    // The lock keeps the sweeper from pushing the row while it is being cancelled.
    let row = job_outbox::Entity::find_by_id(id).lock_exclusive().one(&**change).await?;
    let status = match app.machinery.queues.cancel(id).await? {
        CancelAnswer::Cancelled => "cancelled",
        CancelAnswer::Requested => "cancelling",
        CancelAnswer::WrongState(state) => return Err(wrong_state(state)),
        CancelAnswer::NotFound if row.is_some_and(|row| row.finished_at.is_none()) => {
            job_outbox::mark_finished(&**change, vec![id], Outcome::Cancelled, Utc::now()).await?;
            "cancelled"
        }
        CancelAnswer::NotFound => return Err(missing(change, id).await?),
    };
    export_job::interrupt(&**change, id, Interrupted::Cancelled).await?;
    Ok(status)
}

fn wrong_state(state: JobState) -> ApiError {
    ApiError::InvalidState(format!("the job is {state}").into())
}

/// Why nothing could be done about a job that the queue does not know.
async fn missing(change: &Change, id: Uuid) -> Result<ApiError, ApiError> {
    let row = job_outbox::Entity::find_by_id(id).one(&**change).await?;
    Ok(match row.map(|row| row.outcome) {
        None => ApiError::not_found("job"),
        Some(None) => ApiError::InvalidState("the job is ready".into()),
        Some(Some(_)) => ApiError::InvalidState("the job has ended".into()),
    })
}

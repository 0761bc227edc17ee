//! Which job a schedule makes, for running one now.

use entity::schedule::{self, Model};
use jobs::catalogue;

use crate::{
    audit::{Change, Entry},
    error::ApiError,
    machinery::{Asked, Queued},
    state::App,
};

/// Accepts the job of the schedule `row`.
///
/// # Errors
/// A schedule of another release, whose job this one does not know.
pub async fn run(app: &App, asked: &Asked<'_>, row: &Model) -> Result<Queued, ApiError> {
    let unknown = || ApiError::InvalidState("this release does not know the schedule's job".into());
    let work = catalogue::Entry::named(&row.name).ok_or_else(unknown)?.work()?;
    if let Some(answered) = asked.answered(app, &work).await? {
        return Ok(answered);
    }
    let change = Change::begin(&app.db, asked.call).await?;
    let enqueued = asked.enqueue(app, &change, work).await?;
    if !enqueued.is_duplicate() {
        schedule::record_run(&*change, &row.name).await?;
    }
    let entry = Entry::new("schedule.run", format!("Schedule {} was run out of turn", row.name));
    asked.commit(app, change, enqueued, entry.on("schedule", &row.name)).await
}

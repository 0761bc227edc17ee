//! Asking for a day to be recomputed.

use chrono::{NaiveDate, Utc};
use daybook::{RecomputeError, Site, can_recompute};
use jobs::{RecomputeDay, Work};
use poem_openapi::Object;

use super::edits::person;
use crate::{
    audit::{Change, Entry},
    error::ApiError,
    extract::OneLine,
    machinery::{Asked, Queued},
    routes::text::days,
    state::App,
};

/// Which day, and whose.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct DayToRecompute {
    /// Day of the site.
    date: NaiveDate,
    /// One person; everybody where absent.
    #[oai(validator(min_length = 1, max_length = 64))]
    employee_id: Option<OneLine>,
}

/// Accepts the job.
///
/// # Errors
/// A day to come, one whose detections are gone, or nobody with this employee id.
pub async fn ask(app: &App, asked: &Asked<'_>, wanted: DayToRecompute) -> Result<Queued, ApiError> {
    days(Some(wanted.date), None).map_err(|_| ApiError::field("date", "must have a year from 1 to 9999"))?;
    let job = RecomputeDay { date: wanted.date, employee_id: wanted.employee_id.map(|id| id.0) };
    let work = Work::of(&job)?;
    if let Some(answered) = asked.answered(app, &work).await? {
        return Ok(answered);
    }
    if let Some(id) = &job.employee_id {
        person(app, id).await?;
    }
    let site = Site::load(&app.db).await?;
    can_recompute(&app.db, &site, job.date, Utc::now()).await.map_err(refusal)?;
    let change = Change::begin(&app.db, asked.call).await?;
    let entry = Entry::new("attendance.recompute", format!("The attendance of {} is recomputed", job.date));
    asked.accept(app, change, work, entry.on("attendance_day", &job.date).after(&job)).await
}

fn refusal(error: RecomputeError) -> ApiError {
    match error {
        RecomputeError::Database(database) => database.into(),
        RecomputeError::NotBegun(_) => ApiError::field("date", "must not be in the future"),
        RecomputeError::NotKept(_) => {
            ApiError::field("date", "is too long ago: its detections are not kept any more")
        }
    }
}

//! Which job a schedule makes, for running one now. A schedule is named by the kind of its job.

use entity::schedule::Model;
use jobs::{CheckCameraHealth, Job, SampleCameras, TestDetectionProvider};

use crate::{
    audit::{Change, Entry},
    error::ApiError,
    machinery::{Asked, Queued},
    state::App,
};

/// Accepts the job of `schedule`.
///
/// # Errors
/// A schedule of another release, whose job this one does not know.
pub async fn run(app: &App, asked: &Asked<'_>, schedule: &Model) -> Result<Queued, ApiError> {
    match schedule.name.as_str() {
        SampleCameras::KIND => accept(app, asked, &SampleCameras::default()).await,
        CheckCameraHealth::KIND => accept(app, asked, &CheckCameraHealth::default()).await,
        TestDetectionProvider::KIND => accept(app, asked, &TestDetectionProvider::default()).await,
        _ => Err(ApiError::InvalidState("this release does not know the schedule's job".into())),
    }
}

async fn accept<J: Job>(app: &App, asked: &Asked<'_>, job: &J) -> Result<Queued, ApiError> {
    if let Some(answered) = asked.answered(app, job).await? {
        return Ok(answered);
    }
    let change = Change::begin(&app.db, asked.call).await?;
    let entry = Entry::new("schedule.run", format!("Schedule {} was run out of turn", J::KIND));
    asked.accept(app, change, job, entry.on("schedule", &J::KIND)).await
}

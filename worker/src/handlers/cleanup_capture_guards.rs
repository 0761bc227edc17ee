//! The removal of what automatic captures leave behind in the database.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use entity::{Batch, job_effect};
use jobs::{CaptureFrame, CleanupCaptureGuards, Job as _};

use crate::{
    context::Context,
    handler::{Failure, Handle, Run},
    pace::sweep,
};

/// Rows that one statement removes: the work of a few milliseconds.
const BATCH: i64 = 1_000;
/// An automatic capture has one attempt of 30 s, so its guard is of no use after an hour.
const KEPT: TimeDelta = TimeDelta::hours(1);
/// What is left then is the next run's: it comes in minutes.
const LONGEST: Duration = Duration::from_secs(180);

impl Handle for CleanupCaptureGuards {
    async fn run(&self, context: &Context, _run: &Run) -> Result<u64, Failure> {
        let first = Batch::first(Utc::now() - KEPT, BATCH);
        let remove = |batch| job_effect::delete_before(&context.db, CaptureFrame::KIND, batch);
        Ok(sweep(first, LONGEST, remove).await?)
    }
}

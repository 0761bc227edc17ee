//! The removal of what automatic captures leave behind in the database.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use entity::{Batch, job_effect};
use jobs::{CaptureFrame, CleanupCaptureGuards, Job as _};

use crate::{
    context::Context,
    handler::{Failure, Handle, Run},
    pace::at_ease,
};

/// Rows that one statement removes: the work of a few milliseconds.
const BATCH: i64 = 1_000;
/// An automatic capture has one attempt of 30 s, so its guard is of no use after an hour.
const KEPT: TimeDelta = TimeDelta::hours(1);
/// What is left then is the next run's: it comes in minutes.
const LONGEST: Duration = Duration::from_secs(180);

impl Handle for CleanupCaptureGuards {
    async fn run(&self, context: &Context, _run: &Run) -> Result<u64, Failure> {
        let (begun, mut total) = (Instant::now(), 0);
        let mut next = Some(Batch::first(Utc::now() - KEPT, BATCH));
        while let Some(batch) = next
            && begun.elapsed() < LONGEST
        {
            let removed = at_ease(job_effect::delete_before(&context.db, CaptureFrame::KIND, batch)).await?;
            total += removed.rows.unsigned_abs();
            next = batch.next(removed);
        }
        Ok(total)
    }
}

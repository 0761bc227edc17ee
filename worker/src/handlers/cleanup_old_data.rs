//! The daily tidying of database and storage, in batches, so that nobody waits long for a lock. Days of detections are dropped
//! whole. The database comes first: a storage that is away must not let tables grow.

use chrono::{DateTime, Days, TimeDelta, Utc};
use entity::{audit_log, detection, detection_event_log, idempotency_key, job_effect, job_outbox};
use jobs::{
    CaptureFrame, CleanupOldData, CleanupReport, GenerateExport, GenerateReport, Job as _, SendFrame,
};
use sea_orm::{DatabaseConnection, DbErr, TransactionTrait as _};

use crate::{
    context::Context,
    handler::{Failure, Handle, Run},
    old_files,
};

/// Rows that one statement removes.
const BATCH: i64 = 5_000;
/// Days whose partitions are made ahead: a scheduler that is away for a week costs nothing.
const DAYS_AHEAD: i32 = 9;
/// A finished job's outbox row stays this long.
const JOBS_KEPT: TimeDelta = TimeDelta::hours(24);
/// An automatic capture has one attempt of 30 s, so its guard is of no use after an hour.
const CAPTURE_GUARDS_KEPT: TimeDelta = TimeDelta::hours(1);
/// A dead job can be retried by a person for 30 days.
const GUARDS_KEPT: TimeDelta = TimeDelta::days(31);

impl Handle for CleanupOldData {
    async fn run(&self, context: &Context, _run: &Run) -> Result<CleanupReport, Failure> {
        let settings = context.configuration.current().await?.settings.clone();
        let (db, now) = (&context.db, Utc::now());
        let today = now.date_naive();
        detection::ensure_partitions(db, today - Days::new(1), DAYS_AHEAD).await?;
        let first_kept = today - Days::new(settings.retention_detections_days.into());
        let before = |days: u32| now - TimeDelta::days(days.into());
        Ok(CleanupReport {
            detection_days: detection::drop_partitions(db, first_kept).await?,
            events: Old::Events.sweep(db, before(settings.retention_events_days)).await?,
            audit: Old::Audit.sweep(db, before(settings.retention_audit_days)).await?,
            jobs: Old::Jobs.sweep(db, now - JOBS_KEPT).await?,
            answers: Old::Answers.sweep(db, now - idempotency_key::LIFE).await?,
            effects: Old::Guards(CaptureFrame::KIND).sweep(db, now - CAPTURE_GUARDS_KEPT).await?
                + Old::Guards(SendFrame::KIND).sweep(db, now - GUARDS_KEPT).await?
                + Old::Guards(GenerateExport::KIND).sweep(db, now - GUARDS_KEPT).await?
                + Old::Guards(GenerateReport::KIND).sweep(db, now - GUARDS_KEPT).await?,
            exports: old_files::expire_exports(context, now).await?,
            export_files: old_files::exports(context).await?,
            pictures: old_files::pictures(context, before(settings.retention_snapshots_days)).await?,
            uploads: old_files::uploads(context, now).await?,
        })
    }
}

/// Rows that grow too old.
#[derive(Clone, Copy)]
enum Old {
    Events,
    Audit,
    Jobs,
    /// Answers to calls with an `Idempotency-Key`.
    Answers,
    /// Guards of the effects of one kind of job.
    Guards(&'static str),
}

impl Old {
    /// Removes batch after batch until one is not full, and answers how many rows that were.
    async fn sweep(self, db: &DatabaseConnection, before: DateTime<Utc>) -> Result<u64, DbErr> {
        let mut total = 0;
        loop {
            let deleted = self.delete(db, before).await?;
            total += deleted;
            if deleted < BATCH.unsigned_abs() {
                return Ok(total);
            }
        }
    }

    async fn delete(self, db: &DatabaseConnection, before: DateTime<Utc>) -> Result<u64, DbErr> {
        match self {
            Self::Events => detection_event_log::delete_before(db, before, BATCH).await,
            Self::Jobs => job_outbox::delete_finished(db, before, BATCH).await,
            Self::Answers => idempotency_key::delete_before(db, before, BATCH).await,
            Self::Guards(kind) => job_effect::delete_before(db, kind, before, BATCH).await,
            Self::Audit => {
                let transaction = db.begin().await?;
                let deleted = audit_log::delete_before(&transaction, before, BATCH).await?;
                transaction.commit().await?;
                Ok(deleted)
            }
        }
    }
}

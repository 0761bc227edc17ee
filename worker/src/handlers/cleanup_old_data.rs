//! The daily tidying of database and storage, in small batches with pauses, so that nobody waits long for a lock or a processor.
//! Days of detections are dropped whole. The database comes first: a storage that is away must not let tables grow.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use entity::{
    Batch, Removed, audit_log, detection, detection_event_log, export_job, idempotency_key, job_effect,
    job_outbox, login_attempt, system_config::Settings, system_metric, user_session,
};
use jobs::{CleanupOldData, CleanupReport, GenerateExport, GenerateReport, Job as _, SendFrame};
use sea_orm::{DatabaseConnection, DbErr, RuntimeErr, SqlxError};

use crate::{
    context::Context,
    handler::{Failure, Handle, Run},
    old_files,
    pace::sweep,
};

/// Rows that one statement removes: the work of a few milliseconds.
const BATCH: i64 = 1_000;
/// Days whose partitions are made ahead: a scheduler that is away for a week costs nothing.
const DAYS_AHEAD: i32 = 9;
/// A finished job's outbox row stays this long.
const JOBS_KEPT: TimeDelta = TimeDelta::hours(24);
/// A dead job can be retried by a person for 30 days: its guard and the export that it is to make stay for longer.
const RETRIES_KEPT: TimeDelta = TimeDelta::days(31);
/// Time of tokens and locks that are over by our clock may not be by another's.
const CLOCKS_DISAGREE: TimeDelta = TimeDelta::days(1);
/// SQLSTATE of a statement that gave up waiting for a lock.
const LOCK_TIMEOUT: &str = "55P03";
/// A dump of the database, or whatever else reads detections for so long, may be over then.
const READERS_LEAVE: Duration = Duration::from_secs(600);

impl Handle for CleanupOldData {
    async fn run(&self, context: &Context, _run: &Run) -> Result<CleanupReport, Failure> {
        let settings = context.configuration.current().await?.settings.clone();
        let (db, now) = (&context.db, Utc::now());
        let first_kept = now.date_naive() - Days::new(settings.retention_detections_days.into());
        let strays = Old::Strays.sweep(db, first_kept.and_time(NaiveTime::MIN).and_utc()).await?;
        // Long readers may be in the way of this; they keep nothing else from being tidied.
        let days = turn_days(db, now.date_naive(), first_kept).await;
        let report = rows(db, &settings, now).await?;
        let before = now - TimeDelta::days(settings.retention_snapshots_days.into());
        Ok(CleanupReport {
            detections: strays,
            exports: old_files::expire_exports(context, now).await?,
            export_files: old_files::exports(context).await?,
            pictures: old_files::pictures(context, before).await?,
            uploads: old_files::uploads(context, now).await?,
            detection_days: days.map_err(in_the_way)?,
            ..report
        })
    }
}

/// Makes the days of detections that are to come, drops those before `first_kept`, and answers how many these were.
async fn turn_days(db: &DatabaseConnection, today: NaiveDate, first_kept: NaiveDate) -> Result<i32, DbErr> {
    detection::ensure_partitions(db, today - Days::new(1), DAYS_AHEAD).await?;
    detection::drop_partitions(db, first_kept).await
}

fn in_the_way(error: DbErr) -> Failure {
    match &error {
        DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner))
            if is_lock_timeout(inner) =>
        {
            Failure::NotNow("readers of detections are in the way of its days".to_owned(), READERS_LEAVE)
        }
        _ => error.into(),
    }
}

fn is_lock_timeout(error: &SqlxError) -> bool {
    error.as_database_error().is_some_and(|refusal| refusal.code().as_deref() == Some(LOCK_TIMEOUT))
}

async fn rows(
    db: &DatabaseConnection,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<CleanupReport, DbErr> {
    let before = |days: u32| now - TimeDelta::days(days.into());
    Ok(CleanupReport {
        events: Old::Events.sweep(db, before(settings.retention_events_days)).await?,
        audit: Old::Audit.sweep(db, before(settings.retention_audit_days)).await?,
        metrics: Old::Metrics.sweep(db, before(settings.retention_metrics_days)).await?,
        jobs: Old::Jobs.sweep(db, now - JOBS_KEPT).await?,
        answers: Old::Answers.sweep(db, now - idempotency_key::LIFE).await?,
        effects: Old::Guards(SendFrame::KIND).sweep(db, now - RETRIES_KEPT).await?
            + Old::Guards(GenerateExport::KIND).sweep(db, now - RETRIES_KEPT).await?
            + Old::Guards(GenerateReport::KIND).sweep(db, now - RETRIES_KEPT).await?,
        export_rows: Old::Exports.sweep(db, now - RETRIES_KEPT).await?,
        sessions: Old::Sessions.sweep(db, now - CLOCKS_DISAGREE).await?,
        sign_ins: Old::SignIns.sweep(db, now - CLOCKS_DISAGREE).await?,
        ..CleanupReport::default()
    })
}

/// Rows that grow too old.
#[derive(Clone, Copy)]
enum Old {
    /// Detections whose day has no partition that could be dropped.
    Strays,
    Events,
    Audit,
    Metrics,
    Jobs,
    /// Answers to calls with an `Idempotency-Key`.
    Answers,
    /// Guards of the effects of one kind of job.
    Guards(&'static str),
    /// Exports that ended, by when they did.
    Exports,
    /// Refresh tokens, by when they expired.
    Sessions,
    /// Failed sign-ins.
    SignIns,
}

impl Old {
    /// Removes batch after batch until one is not full, and answers how many rows that were.
    async fn sweep(self, db: &DatabaseConnection, before: DateTime<Utc>) -> Result<u64, DbErr> {
        // The job's own time limit ends it.
        sweep(Batch::first(before, BATCH), Duration::MAX, |batch| self.remove(db, batch)).await
    }

    async fn remove(self, db: &DatabaseConnection, batch: Batch) -> Result<Removed, DbErr> {
        match self {
            Self::Strays => detection::delete_strays_before(db, batch).await,
            Self::Events => detection_event_log::delete_before(db, batch).await,
            Self::Metrics => system_metric::delete_before(db, batch).await,
            Self::Jobs => job_outbox::delete_finished(db, batch).await,
            Self::Answers => idempotency_key::delete_before(db, batch).await,
            Self::Guards(kind) => job_effect::delete_before(db, kind, batch).await,
            Self::Exports => export_job::delete_before(db, batch).await,
            Self::Sessions => user_session::delete_before(db, batch).await,
            Self::SignIns => login_attempt::delete_before(db, batch).await,
            Self::Audit => {
                let transaction = entity::begin(db).await?;
                let removed = audit_log::delete_before(&transaction, batch).await?;
                transaction.commit().await?;
                Ok(removed)
            }
        }
    }
}

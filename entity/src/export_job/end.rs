//! How an export ends. Every change names the states that it may come from, so that of a job that completes and a person who
//! cancels exactly one wins, whichever commits first.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::raw_sql;

use super::{ActiveModel, Column, Entity, Model, Status, is_wanted};

/// What a file has become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Rows in it.
    pub record_count: i64,
    /// Bytes.
    pub file_size: i64,
    /// When it was ready.
    pub generated_at: DateTimeUtc,
    /// When it is removed.
    pub expires_at: DateTimeUtc,
}

/// Why an export ended without a file, in the words that its user reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupted {
    /// Somebody called it off.
    Cancelled,
    /// Its job used up its attempts, or its time.
    Failed,
}

impl Interrupted {
    /// The row's error message.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Failed => "the file could not be made: try again, or ask for fewer rows",
        }
    }
}

/// Notes that the file is ready, in the transaction that guards the job's effects; `None` where nobody wants it any more, and
/// the file is to be removed.
///
/// # Errors
/// The database is out of reach.
pub async fn complete(
    db: &impl ConnectionTrait,
    id: Uuid,
    finished: Finished,
) -> Result<Option<Model>, DbErr> {
    let done = ActiveModel {
        status: Set(Status::Completed),
        progress: Set(100),
        record_count: Set(Some(finished.record_count)),
        file_size: Set(Some(finished.file_size)),
        generated_at: Set(Some(finished.generated_at)),
        expires_at: Set(Some(finished.expires_at)),
        error_message: Set(None),
        ..Default::default()
    };
    let changed = Entity::update_many().set(done).filter(is_wanted(id)).exec_with_returning(db).await?;
    Ok(changed.into_iter().next())
}

/// Notes that there will be no file, in words for its user; `None` where the export had ended already.
///
/// # Errors
/// The database is out of reach.
pub async fn fail(db: &impl ConnectionTrait, id: Uuid, message: &str) -> Result<Option<Model>, DbErr> {
    let failed = ActiveModel {
        status: Set(Status::Failed),
        error_message: Set(Some(message.to_owned())),
        ..Default::default()
    };
    let changed = Entity::update_many().set(failed).filter(is_wanted(id)).exec_with_returning(db).await?;
    Ok(changed.into_iter().next())
}

/// The same for what happens to its job from outside.
///
/// # Errors
/// The database is out of reach.
pub async fn interrupt(
    db: &impl ConnectionTrait,
    id: Uuid,
    why: Interrupted,
) -> Result<Option<Model>, DbErr> {
    fail(db, id, why.message()).await
}

/// Makes an export wanted again whose job gets another chance.
///
/// # Errors
/// The database is out of reach.
pub async fn reopen(db: &impl ConnectionTrait, id: Uuid) -> Result<(), DbErr> {
    let queued = ActiveModel {
        status: Set(Status::Queued),
        progress: Set(0),
        error_message: Set(None),
        ..Default::default()
    };
    let failed = Column::Status.eq(Status::Failed);
    Entity::update_many().set(queued).filter(Column::Id.eq(id)).filter(failed).exec(db).await.map(drop)
}

/// Ends the exports whose jobs have ended without saying so: killed too often, out of time, or cancelled before they ran.
/// Answers how many.
///
/// # Errors
/// The database is out of reach.
pub async fn record_ends(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let (cancelled, failed) = (Interrupted::Cancelled.message(), Interrupted::Failed.message());
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE export_jobs
           SET status = 'failed',
               error_message = CASE WHEN job_outbox.outcome = 'cancelled' THEN {cancelled} ELSE {failed} END
           FROM job_outbox
           WHERE job_outbox.id = export_jobs.id AND export_jobs.status IN ('queued', 'processing')
             AND job_outbox.outcome IN ('dead', 'cancelled', 'expired')"#
    );
    Ok(db.execute_raw(statement).await?.rows_affected())
}

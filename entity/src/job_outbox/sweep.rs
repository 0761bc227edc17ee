//! Bringing the outbox and the queue together again. Sweepers claim rows with SKIP LOCKED, so that any number of them share
//! the work; ages are measured on the database's clock, which also wrote `created_at`.

use chrono::TimeDelta;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, DatabaseTransaction, raw_sql};

use super::{ActiveModel, Column, Entity, Model, Outcome};
use crate::removal::{self, Batch, Removed};

/// Where the last batch ended. The next begins after it, so that jobs which run for hours do not keep later ones from being
/// looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// `created_at` of the last row.
    pub created_at: DateTimeUtc,
    /// Its id.
    pub id: Uuid,
}

impl Position {
    /// Before the first row.
    pub const START: Self = Self { created_at: DateTimeUtc::UNIX_EPOCH, id: Uuid::nil() };
}

impl From<&Model> for Position {
    fn from(job: &Model) -> Self {
        Self { created_at: job.created_at, id: job.id }
    }
}

/// Locks at most `limit` unfinished rows that were accepted at least `age` ago, and called off as long ago if at all, oldest first,
/// after `position`, and skips those that another sweeper holds. The locks end with the transaction.
///
/// # Errors
/// The database is out of reach.
pub async fn claim_unfinished(
    transaction: &DatabaseTransaction,
    age: TimeDelta,
    position: Position,
    limit: i64,
) -> Result<Vec<Model>, DbErr> {
    let milliseconds = age.num_milliseconds();
    let Position { created_at, id } = position;
    let statement = raw_sql!(
        Postgres,
        r#"SELECT * FROM job_outbox
           WHERE finished_at IS NULL
             AND greatest(created_at, cancel_requested_at) <= now() - {milliseconds} * interval '1 millisecond'
             AND (created_at, id) > ({created_at}, {id})
           ORDER BY created_at, id
           LIMIT {limit}
           FOR UPDATE SKIP LOCKED"#
    );
    Entity::find().from_raw_sql(statement).all(transaction).await
}

/// Notes that the queue has taken these jobs.
///
/// # Errors
/// The database is out of reach.
pub async fn mark_pushed(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
    now: DateTimeUtc,
) -> Result<u64, DbErr> {
    let pushed = ActiveModel { pushed_at: Set(Some(now)), ..Default::default() };
    let result = Entity::update_many().set(pushed).filter(Column::Id.is_in(ids)).exec(db).await?;
    Ok(result.rows_affected)
}

/// Notes that these jobs ended so, and frees unique keys that were held until then. A job that had ended keeps its outcome.
///
/// # Errors
/// The database is out of reach.
pub async fn mark_finished(
    db: &impl ConnectionTrait,
    ids: Vec<Uuid>,
    outcome: Outcome,
    now: DateTimeUtc,
) -> Result<u64, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE job_outbox
           SET finished_at = {now}, outcome = {outcome},
               unique_key = CASE WHEN unique_until > {now} THEN unique_key END
           WHERE id = ANY({ids}) AND finished_at IS NULL"#
    );
    Ok(db.execute_raw(statement).await?.rows_affected())
}

/// Removes a batch of jobs, by when they ended. A job whose unique window is still open stays.
///
/// # Errors
/// The database is out of reach.
pub async fn delete_finished(db: &impl ConnectionTrait, batch: Batch) -> Result<Removed, DbErr> {
    let Batch { from, before, limit } = batch;
    let statement = raw_sql!(
        Postgres,
        r#"WITH gone AS (
               DELETE FROM job_outbox WHERE finished_at < {before} AND (unique_key IS NULL OR unique_until <= now()) AND ctid = ANY(ARRAY(
                   SELECT ctid FROM job_outbox WHERE finished_at >= {from} AND finished_at < {before} AND (unique_key IS NULL OR unique_until <= now()) ORDER BY finished_at LIMIT {limit}))
               RETURNING finished_at AS at)
           SELECT count(*) AS rows, max(at) AS newest FROM gone"#
    );
    removal::removed(db, statement).await
}

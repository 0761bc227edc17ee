//! The end of a file's time, and later of its row. Rows are moved first and files removed after, so that no row ever shows a file
//! that is gone.

use sea_orm::entity::prelude::*;
use sea_orm::{QuerySelect, raw_sql};

use super::{Column, Entity, Status};
use crate::removal::{self, Batch, Removed};

/// Moves at most `limit` exports whose time is over, and answers how many.
///
/// # Errors
/// The database is out of reach.
pub async fn expire(db: &impl ConnectionTrait, now: DateTimeUtc, limit: i64) -> Result<u64, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE export_jobs SET status = 'expired', s3_key = NULL WHERE id IN (
               SELECT id FROM export_jobs WHERE status = 'completed' AND expires_at <= {now}
               ORDER BY expires_at LIMIT {limit})"#
    );
    Ok(db.execute_raw(statement).await?.rows_affected())
}

/// Which of these exports have a file, or will have one.
///
/// # Errors
/// The database is out of reach.
pub async fn living(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Uuid>, DbErr> {
    let with_file = Column::Status.is_in([Status::Queued, Status::Processing, Status::Completed]);
    let rows = Entity::find().select_only().column(Column::Id).filter(Column::Id.eq_any(ids));
    rows.filter(with_file).into_tuple().all(db).await
}

/// Removes a batch of exports that have no file, or none any more, by when that was noted.
///
/// # Errors
/// The database is out of reach.
pub async fn delete_before(db: &impl ConnectionTrait, batch: Batch) -> Result<Removed, DbErr> {
    let Batch { from, before, limit } = batch;
    let statement = raw_sql!(
        Postgres,
        r#"WITH gone AS (
               DELETE FROM export_jobs WHERE status IN ('failed', 'expired') AND updated_at < {before} AND ctid = ANY(ARRAY(
                   SELECT ctid FROM export_jobs WHERE updated_at >= {from} AND status IN ('failed', 'expired') AND updated_at < {before} ORDER BY updated_at LIMIT {limit}))
               RETURNING updated_at AS at)
           SELECT count(*) AS rows, max(at) AS newest FROM gone"#
    );
    removal::removed(db, statement).await
}

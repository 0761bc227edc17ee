//! Answers to calls with an `Idempotency-Key`, kept for a day, so that a repeated call is answered like the first one: by the
//! same job, whoever started it and whether or not it still runs.

use chrono::TimeDelta;
use sea_orm::entity::prelude::*;
use sea_orm::raw_sql;
use serde::Serialize;

use crate::removal::{self, Batch, Removed};

/// How long an answer holds.
pub const LIFE: TimeDelta = TimeDelta::hours(24);

/// One answer.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// Key, a digest of user, operation and what the client sent.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Kind of the job that was asked for.
    pub kind: String,
    /// Its arguments, which tell another body from the same one.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// The job that the call was answered with.
    pub job_id: Uuid,
    /// When.
    pub answered_at: DateTimeUtc,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a call was answered with.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<'a> {
    /// Kind of the job that was asked for.
    pub kind: &'a str,
    /// Its arguments.
    pub payload: &'a Json,
    /// The job.
    pub job_id: Uuid,
}

/// The answer that was given under `id`, unless its time is over.
///
/// # Errors
/// The database is out of reach.
pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    let hours = LIFE.num_hours();
    let statement = raw_sql!(
        Postgres,
        r#"SELECT * FROM idempotency_keys WHERE id = {id} AND answered_at > now() - {hours} * interval '1 hour'"#
    );
    Entity::find().from_raw_sql(statement).one(db).await
}

/// Keeps an answer: false where another call has given one already, of which nothing was changed then. Waits for a rival that
/// has not committed, so that of several calls at once exactly one is told true.
///
/// # Errors
/// The database is out of reach.
pub async fn keep(db: &impl ConnectionTrait, id: Uuid, answer: Answer<'_>) -> Result<bool, DbErr> {
    let Answer { kind, payload, job_id } = answer;
    let (payload, hours) = (payload.clone(), LIFE.num_hours());
    let statement = raw_sql!(
        Postgres,
        r#"INSERT INTO idempotency_keys AS kept (id, kind, payload, job_id)
           VALUES ({id}, {kind}, {payload}, {job_id})
           ON CONFLICT (id) DO UPDATE
           SET kind = excluded.kind, payload = excluded.payload, job_id = excluded.job_id,
               answered_at = excluded.answered_at
           WHERE kept.answered_at <= now() - {hours} * interval '1 hour'"#
    );
    Ok(db.execute_raw(statement).await?.rows_affected() == 1)
}

/// Removes a batch of answers, by when they were given.
///
/// # Errors
/// The database is out of reach.
pub async fn delete_before(db: &impl ConnectionTrait, batch: Batch) -> Result<Removed, DbErr> {
    let Batch { from, before, limit } = batch;
    let statement = raw_sql!(
        Postgres,
        r#"WITH gone AS (
               DELETE FROM idempotency_keys WHERE answered_at < {before} AND ctid = ANY(ARRAY(
                   SELECT ctid FROM idempotency_keys WHERE answered_at >= {from} AND answered_at < {before} ORDER BY answered_at LIMIT {limit}))
               RETURNING answered_at AS at)
           SELECT count(*) AS rows, max(at) AS newest FROM gone"#
    );
    removal::removed(db, statement).await
}

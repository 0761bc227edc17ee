//! The guard that makes a job's effect happen once. A handler inserts the row first in its last transaction; whoever finds it
//! there already stores nothing more and answers with the result kept in it.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, DatabaseTransaction, QuerySelect, TryInsertResult, raw_sql};
use serde::Serialize;

use crate::removal::{self, Batch, Removed};

/// One job's effects, applied.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "job_effects")]
pub struct Model {
    /// The job.
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: Uuid,
    /// Kind of the job, which decides how long the row is kept.
    pub kind: String,
    /// Run whose transaction was committed.
    pub run_id: String,
    /// What the job answered.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub result: Option<Json>,
    /// When.
    pub applied_at: DateTimeUtc,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// Whether a job's effects are still to be stored.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// They are: go on, and commit.
    New,
    /// An earlier run has stored them: roll back, and answer with its result.
    Applied(Option<Json>),
}

/// The run that wants to store its effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run<'a> {
    /// The job.
    pub job_id: Uuid,
    /// Its kind.
    pub kind: &'a str,
    /// The queue's name for this run of it.
    pub run_id: &'a str,
}

/// Opens a handler's last transaction: whoever inserts the row first stores the effects. A second run waits here until the
/// first has committed or rolled back.
///
/// # Errors
/// The database is out of reach.
pub async fn begin(
    transaction: &DatabaseTransaction,
    run: Run<'_>,
    now: DateTimeUtc,
) -> Result<Effect, DbErr> {
    let row = ActiveModel {
        job_id: Set(run.job_id),
        kind: Set(run.kind.to_owned()),
        run_id: Set(run.run_id.to_owned()),
        applied_at: Set(now),
        ..Default::default()
    };
    match Entity::insert(row).on_conflict_do_nothing().exec_without_returning(transaction).await? {
        TryInsertResult::Inserted(1) => Ok(Effect::New),
        TryInsertResult::Inserted(_) | TryInsertResult::Conflicted | TryInsertResult::Empty => {
            Ok(Effect::Applied(earlier(transaction, run.job_id).await?))
        }
    }
}

/// The result that an earlier run has kept.
pub(crate) async fn earlier(transaction: &DatabaseTransaction, job_id: Uuid) -> Result<Option<Json>, DbErr> {
    Ok(Entity::find_by_id(job_id).one(transaction).await?.and_then(|effect| effect.result))
}

/// Which of these jobs have stored their effects.
///
/// # Errors
/// The database is out of reach.
pub async fn applied(db: &impl ConnectionTrait, jobs: Vec<Uuid>) -> Result<Vec<Uuid>, DbErr> {
    let rows = Entity::find().select_only().column(Column::JobId).filter(Column::JobId.eq_any(jobs));
    rows.into_tuple().all(db).await
}

/// Keeps the result of the effects for runs that come later, in the same transaction.
///
/// # Errors
/// The database is out of reach.
pub async fn keep_result(transaction: &DatabaseTransaction, job_id: Uuid, result: Json) -> Result<(), DbErr> {
    let kept = ActiveModel { result: Set(Some(result)), ..Default::default() };
    Entity::update_many().set(kept).filter(Column::JobId.eq(job_id)).exec(transaction).await.map(drop)
}

/// Removes a batch of rows of a kind, by when they were applied. They may go once none of the kind's jobs can run again.
///
/// # Errors
/// The database is out of reach.
pub async fn delete_before(db: &impl ConnectionTrait, kind: &str, batch: Batch) -> Result<Removed, DbErr> {
    let Batch { from, before, limit } = batch;
    let statement = raw_sql!(
        Postgres,
        r#"WITH gone AS (
               DELETE FROM job_effects WHERE kind = {kind} AND applied_at < {before} AND ctid = ANY(ARRAY(
                   SELECT ctid FROM job_effects WHERE applied_at >= {from} AND kind = {kind} AND applied_at < {before} ORDER BY applied_at LIMIT {limit}))
               RETURNING applied_at AS at)
           SELECT count(*) AS rows, max(at) AS newest FROM gone"#
    );
    removal::removed(db, statement).await
}

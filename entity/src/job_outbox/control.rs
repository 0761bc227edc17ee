//! What people do to accepted jobs: calling one off, and starting one again. Whoever does either locks the row first, so that no
//! sweeper decides about it meanwhile.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{DatabaseTransaction, QuerySelect, raw_sql};

use super::accept::release_expired;
use super::{Column, Entity, Model};

/// The claim of a unique key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The key.
    pub key: String,
    /// End of its window; none means until the job is finished.
    pub until: Option<DateTimeUtc>,
}

/// The row, locked until the transaction ends.
///
/// # Errors
/// The database is out of reach.
pub async fn lock(transaction: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(transaction).await
}

/// The same, but none where somebody else holds it at this moment.
///
/// # Errors
/// The database is out of reach.
pub async fn lock_if_free(transaction: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>, DbErr> {
    let row = Entity::find_by_id(id).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    row.one(transaction).await
}

/// Notes that a job is to be cancelled, unless it has ended; the first time stays.
///
/// # Errors
/// The database is out of reach.
pub async fn request_cancel(db: &impl ConnectionTrait, id: Uuid) -> Result<bool, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE job_outbox SET cancel_requested_at = coalesce(cancel_requested_at, now())
           WHERE id = {id} AND finished_at IS NULL"#
    );
    Ok(db.execute_raw(statement).await?.rows_affected() == 1)
}

/// The jobs of a kind that have not failed, and whose argument `field` is one of these: under way, or done and still kept.
///
/// # Errors
/// The database is out of reach.
pub async fn not_failed(
    db: &impl ConnectionTrait,
    kind: &str,
    field: &str,
    values: Vec<String>,
) -> Result<Vec<Model>, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"SELECT * FROM job_outbox WHERE kind = {kind} AND payload ->> {field} = ANY({values}::text[])
           AND (outcome IS NULL OR outcome = 'done')"#
    );
    Entity::find().from_raw_sql(statement).all(db).await
}

/// Who but `id` holds a kind's key.
///
/// # Errors
/// The database is out of reach.
pub async fn holder_beside(
    db: &impl ConnectionTrait,
    id: Uuid,
    kind: &str,
    key: &str,
) -> Result<Option<Uuid>, DbErr> {
    release_expired(db, kind, key).await?;
    let others = Entity::find().filter(Column::Kind.eq(kind)).filter(Column::UniqueKey.eq(key));
    Ok(others.filter(Column::Id.ne(id)).one(db).await?.map(|holder| holder.id))
}

/// Opens the row of a job that is to run again, with its unique key. An expiry is waived: it would end the job at once.
///
/// # Errors
/// The database is out of reach; a violated unique index where another job took the key at this moment.
pub async fn reopen(db: &impl ConnectionTrait, id: Uuid, claim: Option<Claim>) -> Result<(), DbErr> {
    let (key, until) = claim.map_or((None, None), |claim| (Some(claim.key), claim.until));
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE job_outbox
           SET finished_at = NULL, outcome = NULL, cancel_requested_at = NULL,
               unique_key = {key}, unique_until = {until}, options = options #- ARRAY['options', 'expiresAt']
           WHERE id = {id}"#
    );
    db.execute_raw(statement).await.map(drop)
}

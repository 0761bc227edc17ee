//! Failed sign-ins per account and address, from which the lock is decided. A row is made for unknown accounts too, so that both answer alike.

use chrono::TimeDelta;
use sea_orm::entity::prelude::*;
use sea_orm::raw_sql;
use serde::Serialize;

use crate::removal::{self, Batch, Removed};

/// Failures of one account from one address.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "login_attempts")]
pub struct Model {
    /// Address that was tried, in lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub email_lower: String,
    /// Where it was tried from.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ip_address: IpNetwork,
    /// Failures since `window_started_at`.
    pub failures: i32,
    /// When counting began.
    pub window_started_at: DateTimeUtc,
    /// No sign-in is tried before this time.
    pub locked_until: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// How many failures lock a pair of account and address, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// This many failures lock.
    pub failures: i32,
    /// They count together when they lie this close.
    pub window: TimeDelta,
    /// How long the lock holds.
    pub lock: TimeDelta,
}

/// Until when no sign-in may be tried, if the pair is locked at `now`.
///
/// # Errors
/// The database is out of reach.
pub async fn locked_until(
    db: &impl ConnectionTrait,
    email: &str,
    ip_address: IpNetwork,
    now: DateTimeUtc,
) -> Result<Option<DateTimeUtc>, DbErr> {
    let attempt = Entity::find_by_id((email.to_lowercase(), ip_address)).one(db).await?;
    Ok(attempt.and_then(|attempt| attempt.locked_until).filter(|until| *until > now))
}

/// Counts one failure and locks the pair when it is one too many. The failure that locked it is the one for which `failures`
/// of the answer equals the policy's.
///
/// # Errors
/// The database is out of reach.
pub async fn record_failure(
    db: &impl ConnectionTrait,
    email: &str,
    ip_address: IpNetwork,
    now: DateTimeUtc,
    policy: Policy,
) -> Result<Model, DbErr> {
    let email_lower = email.to_lowercase();
    let (oldest, locked_until, limit) = (now - policy.window, now + policy.lock, policy.failures);
    let statement = raw_sql!(
        Postgres,
        r#"INSERT INTO login_attempts AS known (email_lower, ip_address, failures, window_started_at)
           VALUES ({email_lower}, {ip_address}, 1, {now})
           ON CONFLICT (email_lower, ip_address) DO UPDATE SET
               failures = CASE WHEN known.window_started_at > {oldest} THEN known.failures + 1 ELSE 1 END,
               window_started_at =
                   CASE WHEN known.window_started_at > {oldest} THEN known.window_started_at ELSE {now} END,
               locked_until = CASE
                   WHEN known.window_started_at > {oldest} AND known.failures + 1 >= {limit} THEN {locked_until}
                   ELSE known.locked_until END
           RETURNING *"#
    );
    Entity::find().from_raw_sql(statement).one(db).await?.ok_or(DbErr::RecordNotInserted)
}

/// Forgets the failures of a pair, after a successful sign-in.
///
/// # Errors
/// The database is out of reach.
pub async fn clear(db: &impl ConnectionTrait, email: &str, ip_address: IpNetwork) -> Result<(), DbErr> {
    Entity::delete_by_id((email.to_lowercase(), ip_address)).exec(db).await.map(drop)
}

/// Removes a batch of pairs, by when their failures began; one that is locked after the batch's time stays.
///
/// # Errors
/// The database is out of reach.
pub async fn delete_before(db: &impl ConnectionTrait, batch: Batch) -> Result<Removed, DbErr> {
    let Batch { from, before, limit } = batch;
    let statement = raw_sql!(
        Postgres,
        r#"WITH gone AS (
               DELETE FROM login_attempts WHERE window_started_at < {before} AND coalesce(locked_until < {before}, true) AND ctid = ANY(ARRAY(
                   SELECT ctid FROM login_attempts WHERE window_started_at >= {from} AND window_started_at < {before} AND coalesce(locked_until < {before}, true) ORDER BY window_started_at LIMIT {limit}))
               RETURNING window_started_at AS at)
           SELECT count(*) AS rows, max(at) AS newest FROM gone"#
    );
    removal::removed(db, statement).await
}

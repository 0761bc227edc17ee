//! Reports that come by themselves.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{QueryOrder, QuerySelect, raw_sql};
use serde::Serialize;

use crate::export_job::{ExportFormat, ExportKind};
use crate::key::uuid_v7_key;
use crate::text_list::TextList;

/// One recurring report.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "report_schedules")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who set it up.
    pub user_id: Uuid,
    /// When, five or six fields.
    pub cron: String,
    /// IANA zone of `cron`.
    pub timezone: String,
    /// What is in it.
    #[sea_orm(column_name = "type")]
    pub kind: ExportKind,
    /// Format of the file.
    pub format: ExportFormat,
    /// What is asked for.
    #[sea_orm(column_type = "JsonBinary")]
    pub filters: Json,
    /// Mail addresses.
    #[sea_orm(column_type = "JsonBinary")]
    pub recipients: TextList,
    /// Whether it runs.
    pub enabled: bool,
    /// Heading of its reports.
    pub title: Option<String>,
    /// From when ticks count: the newest one that was claimed, or the moment at which the schedule was made.
    pub last_tick: DateTimeUtc,
    /// When its report was last asked for.
    pub last_run_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

/// The schedules that run, by key. Those of users who may not sign in rest, and those that their users could not make today, since
/// their role does not grant it any more.
///
/// # Errors
/// The database is out of reach.
pub async fn enabled(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"SELECT schedule.* FROM report_schedules AS schedule
           JOIN users ON users.id = schedule.user_id AND users.status = 'active' AND users.deleted_at IS NULL
           JOIN roles ON roles.id = users.role_id
           CROSS JOIN LATERAL (SELECT CASE schedule.type WHEN 'audit' THEN 'audit' ELSE 'attendance' END AS read) AS needed
           WHERE schedule.enabled
             AND EXISTS (SELECT FROM jsonb_array_elements_text(roles.permissions) AS granted
                         WHERE granted IN ('*', 'reports:*', 'reports:write'))
             AND EXISTS (SELECT FROM jsonb_array_elements_text(roles.permissions) AS granted
                         WHERE granted IN ('*', needed.read || ':*', needed.read || ':read'))
           ORDER BY schedule.id"#
    );
    Entity::find().from_raw_sql(statement).all(db).await
}

/// The schedules of one user, or of all; oldest first.
///
/// # Errors
/// The database is out of reach.
pub async fn list(db: &impl ConnectionTrait, user_id: Option<Uuid>) -> Result<Vec<Model>, DbErr> {
    let of_user = sea_orm::Condition::all().add_option(user_id.map(|id| Column::UserId.eq(id)));
    Entity::find().filter(of_user).order_by_asc(Column::Id).all(db).await
}

/// The schedule's row, locked, unless somebody else has it: a frozen replica must not hold up the other ticks.
///
/// # Errors
/// The database is out of reach.
pub async fn lock(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    let row = Entity::find_by_id(id).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    row.one(db).await
}

/// Claims a tick: true for exactly one of all who try, until that one rolls back. Put the report's job into the outbox in the
/// same transaction.
///
/// # Errors
/// The database is out of reach.
pub async fn claim_tick(db: &impl ConnectionTrait, id: Uuid, tick: DateTimeUtc) -> Result<bool, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE report_schedules SET last_tick = {tick}, last_run_at = clock_timestamp()
           WHERE id = {id} AND enabled AND last_tick < {tick}"#
    );
    Ok(db.execute_raw(statement).await?.rows_affected() == 1)
}

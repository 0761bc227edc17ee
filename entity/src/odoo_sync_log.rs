//! What came of sending each attendance log to Odoo.

mod total;

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, FromQueryResult, QueryOrder, raw_sql};
use serde::{Deserialize, Serialize};

use crate::key::uuid_v7_key;
use crate::page::{self, Page, Paged};

/// How one record went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SyncResult {
    /// Odoo has it.
    Success,
    /// Odoo refused it.
    Failure,
}

/// One record of one sync.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "odoo_sync_logs")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Sync that sent it.
    pub job_id: Uuid,
    /// When.
    pub timestamp: DateTimeUtc,
    /// The log; kept as text, since logs may be deleted.
    pub attendance_log_id: Option<String>,
    /// Person.
    pub employee_id: String,
    /// How it went.
    pub result: SyncResult,
    /// Why it failed, or what was done.
    pub message: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

/// Which records a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// That went so.
    pub result: Option<SyncResult>,
    /// Of this person.
    pub employee_id: Option<String>,
    /// From this time on.
    pub from: Option<DateTimeUtc>,
    /// Up to and with this time.
    pub to: Option<DateTimeUtc>,
}

fn filtered(filter: &Filter) -> Select<Entity> {
    let condition = Condition::all()
        .add_option(filter.result.map(|result| Column::Result.eq(result)))
        .add_option(filter.employee_id.as_ref().map(|person| Column::EmployeeId.eq(person)))
        .add_option(filter.from.map(|from| Column::Timestamp.gte(from)))
        .add_option(filter.to.map(|to| Column::Timestamp.lte(to)));
    Entity::find().filter(condition)
}

/// One page of records, newest first.
///
/// # Errors
/// The database is out of reach.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, page: Page) -> Result<Paged<Model>, DbErr> {
    let ordered = filtered(filter).order_by_desc(Column::Timestamp).order_by_desc(Column::Id);
    page::with_total(db, ordered, page, total::of(db, filter)).await
}

/// Keeps what came of records.
///
/// # Errors
/// The database is out of reach.
pub async fn append(db: &impl ConnectionTrait, rows: Vec<ActiveModel>) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    Entity::insert_many(rows).exec_without_returning(db).await.map(drop)
}

/// What a sync has come to so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Tally {
    /// Records that Odoo has.
    pub synced: i64,
    /// Records that it refused.
    pub failed: i64,
}

/// Counts the records of a sync.
///
/// # Errors
/// The database is out of reach.
pub async fn tally(db: &impl ConnectionTrait, job: Uuid) -> Result<Tally, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"SELECT count(*) FILTER (WHERE result = 'success') AS synced,
                  count(*) FILTER (WHERE result = 'failure') AS failed
           FROM odoo_sync_logs WHERE job_id = {job}"#
    );
    Tally::find_by_statement(statement).one(db).await.map(Option::unwrap_or_default)
}

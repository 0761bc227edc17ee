//! When people are expected. An end before the start means that the shift crosses midnight; it belongs to the day it begins.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, FromQueryResult, QueryOrder, raw_sql};
use serde::Serialize;

use crate::{id_counter, insert};

/// One shift.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "shift_schedules")]
pub struct Model {
    /// Key, `SHIFT-…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Name shown to people.
    pub name: String,
    /// Begin, time of day of the site.
    pub start_time: Time,
    /// End, time of day of the site.
    pub end_time: Time,
    /// ISO weekdays on which it begins: 1 is Monday, 7 is Sunday.
    pub days: Vec<i32>,
    /// Where.
    pub location: Option<String>,
    /// Minutes after the start that are not late yet.
    pub grace_minutes: i32,
    /// How many people are expected.
    pub expected_headcount: i32,
    /// For whom; null means for everybody.
    pub department_id: Option<Uuid>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// All shifts, by id.
///
/// # Errors
/// The database is out of reach.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().order_by_asc(Column::Id).all(db).await
}

/// Adds a shift under its own id; `None` when the id is in use.
///
/// # Errors
/// The database is out of reach or refuses a value.
pub async fn insert(db: &impl ConnectionTrait, row: ActiveModel) -> Result<Option<Model>, DbErr> {
    insert::unless_taken(db, row).await
}

/// Adds a shift as the next `SHIFT-NN`; numbers that somebody gave by hand are skipped.
///
/// # Errors
/// The database is out of reach or refuses a value.
pub async fn insert_with_next_id(db: &impl ConnectionTrait, row: ActiveModel) -> Result<Model, DbErr> {
    loop {
        let id = format!("SHIFT-{:02}", id_counter::next(db, "SHIFT").await?);
        if let Some(made) = insert(db, ActiveModel { id: Set(id), ..row.clone() }).await? {
            return Ok(made);
        }
    }
}

/// How a shift was kept: its logs by status.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Kept {
    /// The shift.
    pub shift_id: String,
    /// In time.
    pub present: i64,
    /// Late.
    pub late: i64,
    /// Not at all.
    pub missed: i64,
}

/// How each shift was kept from `first` to `last`, both included; shifts without a log are left out.
///
/// # Errors
/// The database is out of reach.
pub async fn kept(db: &impl ConnectionTrait, first: Date, last: Date) -> Result<Vec<Kept>, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"SELECT shift_id, count(*) FILTER (WHERE status = 'present') AS present,
                  count(*) FILTER (WHERE status = 'late') AS late, count(*) FILTER (WHERE status = 'missed') AS missed
           FROM attendance_logs WHERE shift_id IS NOT NULL AND date BETWEEN {first} AND {last}
           GROUP BY shift_id"#
    );
    Kept::find_by_statement(statement).all(db).await
}

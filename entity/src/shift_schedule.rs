//! When people are expected. An end before the start means that the shift crosses midnight; it belongs to the day it begins.

use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::Serialize;

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

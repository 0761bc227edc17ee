//! Which days of the site were closed, and what the close did. A day is closed once: a shift that is made today makes nobody
//! missed last week.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect};
use serde::Serialize;

use crate::insert;

/// One closed day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "closed_days")]
pub struct Model {
    /// Day of the site.
    #[sea_orm(primary_key, auto_increment = false)]
    pub date: Date,
    /// When it was closed.
    pub closed_at: DateTimeUtc,
    /// Logs that got their check-out from the close.
    pub checked_out: i32,
    /// People without a log who were expected.
    pub missed: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// The closed days from `first` on, oldest first.
///
/// # Errors
/// The database is out of reach.
pub async fn since(db: &impl ConnectionTrait, first: Date) -> Result<Vec<Date>, DbErr> {
    let newer = Entity::find().select_only().column(Column::Date).filter(Column::Date.gte(first));
    newer.order_by_asc(Column::Date).into_tuple().all(db).await
}

/// Notes that a day was closed; whoever notes it first wins.
///
/// # Errors
/// The database is out of reach.
pub async fn note(
    db: &impl ConnectionTrait,
    date: Date,
    at: DateTimeUtc,
    checked_out: u64,
    missed: u64,
) -> Result<(), DbErr> {
    let count = |number: u64| Set(i32::try_from(number).unwrap_or(i32::MAX));
    let row = ActiveModel {
        date: Set(date),
        closed_at: Set(at),
        checked_out: count(checked_out),
        missed: count(missed),
        ..Default::default()
    };
    insert::unless_taken(db, row).await.map(drop)
}

//! How many records of syncs with Odoo there are of each day and result. Triggers of the database keep them in the transaction that
//! changes the records, so they are never wrong; here they are added up.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect};
use serde::Serialize;

use crate::odoo_sync_log::SyncResult;

/// One day's records that went alike.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "odoo_sync_counts")]
pub struct Model {
    /// Day in UTC.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// How they went.
    #[sea_orm(primary_key, auto_increment = false)]
    pub result: SyncResult,
    /// How many they are, at least one.
    pub records: i64,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// The records that went so, or all, on the days from `first` to the one before `end`, open where absent.
pub(crate) async fn of_days(
    db: &impl ConnectionTrait,
    result: Option<SyncResult>,
    first: Option<Date>,
    end: Option<Date>,
) -> Result<u64, DbErr> {
    let condition = Condition::all()
        .add_option(result.map(|result| Column::Result.eq(result)))
        .add_option(first.map(|day| Column::Day.gte(day)))
        .add_option(end.map(|day| Column::Day.lt(day)));
    let sum = Entity::find().filter(condition).select_only();
    let sum = sum.column_as(Expr::cust("coalesce(sum(records), 0)::bigint"), "records");
    let records: Option<i64> = sum.into_tuple().one(db).await?;
    Ok(records.unwrap_or_default().unsigned_abs())
}

//! How many events the log of detections has on each day, of each camera and status. Triggers of the database keep them in the
//! transaction that changes the log, so they are never wrong; here they are added up.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect};
use serde::Serialize;

use crate::detection_event_log::{Filter, Status};

/// One camera's events of one day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "detection_event_counts")]
pub struct Model {
    /// Day in UTC.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// Camera.
    #[sea_orm(primary_key, auto_increment = false)]
    pub camera_id: String,
    /// How the looks went.
    #[sea_orm(primary_key, auto_increment = false)]
    pub status: Status,
    /// How many they are, at least one.
    pub events: i64,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// The events of a filter's camera and status on the days from `first` to the one before `end`, open where absent; its times are
/// left aside.
pub(crate) async fn of_days(
    db: &impl ConnectionTrait,
    filter: &Filter,
    first: Option<Date>,
    end: Option<Date>,
) -> Result<u64, DbErr> {
    let condition = Condition::all()
        .add_option(filter.status.map(|status| Column::Status.eq(status)))
        .add_option(filter.camera_id.as_ref().map(|camera| Column::CameraId.eq(camera)))
        .add_option(first.map(|day| Column::Day.gte(day)))
        .add_option(end.map(|day| Column::Day.lt(day)));
    let sum = Entity::find().filter(condition).select_only();
    let sum = sum.column_as(Expr::cust("coalesce(sum(events), 0)::bigint"), "events");
    let events: Option<i64> = sum.into_tuple().one(db).await?;
    Ok(events.unwrap_or_default().unsigned_abs())
}

//! Counters of one camera and one day of the site. They are raised in place, so that two workers never lose a count.

use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, raw_sql};
use serde::Serialize;

/// One camera's day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "camera_summaries")]
pub struct Model {
    /// Camera.
    #[sea_orm(primary_key, auto_increment = false)]
    pub camera_id: String,
    /// Day of the site.
    #[sea_orm(primary_key, auto_increment = false)]
    pub date: Date,
    /// Faces seen, known ones included.
    pub detections_today: i32,
    /// Faces of nobody known.
    pub unknown_faces: i32,
    /// Health probes made.
    pub checks: i32,
    /// Health probes that were answered.
    pub checks_up: i32,
    /// `checks_up` of `checks` in percent; computed by the database, 100 before the first probe.
    pub uptime_percent: f64,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// Adds what one frame showed to a camera's day.
///
/// # Errors
/// The database is out of reach, or there is no such camera.
pub async fn add_faces(
    db: &impl ConnectionTrait,
    camera_id: &str,
    date: Date,
    faces: i32,
    unknown: i32,
) -> Result<(), DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"INSERT INTO camera_summaries AS day (camera_id, date, detections_today, unknown_faces)
           VALUES ({camera_id}, {date}, {faces}, {unknown})
           ON CONFLICT (camera_id, date) DO UPDATE SET
               detections_today = day.detections_today + excluded.detections_today,
               unknown_faces = day.unknown_faces + excluded.unknown_faces"#
    );
    db.execute_raw(statement).await.map(drop)
}

/// Adds a health probe to a camera's day.
///
/// # Errors
/// The database is out of reach, or there is no such camera.
pub async fn add_check(
    db: &impl ConnectionTrait,
    camera_id: &str,
    date: Date,
    is_up: bool,
) -> Result<(), DbErr> {
    let up = i32::from(is_up);
    let statement = raw_sql!(
        Postgres,
        r#"INSERT INTO camera_summaries AS day (camera_id, date, checks, checks_up)
           VALUES ({camera_id}, {date}, 1, {up})
           ON CONFLICT (camera_id, date) DO UPDATE SET
               checks = day.checks + 1, checks_up = day.checks_up + excluded.checks_up"#
    );
    db.execute_raw(statement).await.map(drop)
}

/// The counters of all cameras on one day, by camera; a camera without any has no row.
///
/// # Errors
/// The database is out of reach.
pub async fn of_day(db: &impl ConnectionTrait, date: Date) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Date.eq(date)).order_by_asc(Column::CameraId).all(db).await
}

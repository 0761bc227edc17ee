//! Counters of one camera and one day of the site. They are raised in place, so that two workers never lose a count.

use sea_orm::entity::prelude::*;
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

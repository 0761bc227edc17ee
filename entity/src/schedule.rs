//! Periodic jobs. The list is owned by the scheduler, which adds missing rows at start; a tick belongs to whoever moves `last_tick`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One periodic job.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "schedules")]
pub struct Model {
    /// Key: the job kind it makes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// When, with optional seconds.
    pub cron: String,
    /// IANA zone of `cron`.
    pub timezone: String,
    /// Whether it ticks.
    pub enabled: bool,
    /// Newest tick that was claimed; set when the schedule is made or enabled.
    pub last_tick: Option<DateTimeUtc>,
    /// What became of the last job.
    pub last_outcome: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

//! Parts of the system and how they were when last asked.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How a part of the system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It works.
    Running,
    /// It works with restrictions.
    Degraded,
    /// It does not answer.
    Stopped,
}

/// One part.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "system_services")]
pub struct Model {
    /// Key, such as `worker:host:pid`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Name shown to people.
    pub name: String,
    /// How it is.
    pub status: Status,
    /// Version it runs.
    pub version: Option<String>,
    /// Seconds since it started.
    pub uptime: Option<i64>,
    /// When it started.
    pub last_restart: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

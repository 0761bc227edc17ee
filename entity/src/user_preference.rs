//! How one user wants the screen. Absent rows mean the defaults of the table.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::export_job::ExportFormat;

/// Colours of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// As the device says.
    System,
}

/// Preferences of one user.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "user_preferences")]
pub struct Model {
    /// Whose preferences.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Colours.
    pub theme: Theme,
    /// Layout of the camera wall, such as `2x2`.
    pub grid_mode: String,
    /// Whether the camera wall turns its pages.
    pub auto_rotate: bool,
    /// BCP 47 tag.
    pub language: String,
    /// IANA zone for display.
    pub timezone: String,
    /// Whether notifications pop up.
    pub notifications_enabled: bool,
    /// Whether the browser's camera may be used.
    pub camera_access_enabled: bool,
    /// Format offered first.
    pub export_format: ExportFormat,
    /// Whatever else the frontend keeps.
    #[sea_orm(column_type = "JsonBinary")]
    pub preferences: Json,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

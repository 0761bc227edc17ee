//! What somebody should look at. At most one open alert exists per `dedup_key`; it is closed by `resolved_at`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::text_list::TextList;

/// How bad an alert is, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// For the record.
    Low,
    /// To be looked at today.
    Medium,
    /// To be looked at soon.
    High,
    /// To be looked at now.
    Critical,
}

/// One alert.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "alerts")]
pub struct Model {
    /// Key, a version 7 UUID as text.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// One line.
    pub title: String,
    /// More.
    pub description: Option<String>,
    /// How bad it is.
    pub level: Level,
    /// What raised it, such as `unknown_face` or `camera_offline`.
    pub kind: String,
    /// Same key, same trouble.
    pub dedup_key: Option<String>,
    /// When it was raised.
    pub timestamp: DateTimeUtc,
    /// Camera it is about.
    pub camera_id: Option<String>,
    /// Whether somebody took note.
    pub acknowledged: bool,
    /// Who.
    pub acknowledged_by: Option<Uuid>,
    /// Silent until then; the far end of time means until unmuted.
    pub muted_until: Option<DateTimeUtc>,
    /// Free labels.
    #[sea_orm(column_type = "JsonBinary")]
    pub tags: TextList,
    /// When the trouble was over; null while it is open.
    pub resolved_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

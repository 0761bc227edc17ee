//! What came of each look at a frame: the provider's answer, or why there is none.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::key::uuid_v7_key;

/// How a look at a frame went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The provider answered.
    Received,
    /// The answer is awaited.
    Processing,
    /// Capture or provider failed.
    Error,
}

/// One look at a frame.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "detection_event_logs")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Job that looked.
    pub job_id: Uuid,
    /// Camera.
    pub camera_id: String,
    /// Its name at that time.
    pub camera_name: String,
    /// When the frame was captured, or the attempt failed.
    pub timestamp: DateTimeUtc,
    /// How it went.
    pub status: Status,
    /// The provider's time in milliseconds.
    pub latency_ms: Option<i32>,
    /// The provider's answer, bounded.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub payload: Option<Json>,
    /// Why it failed.
    pub error_message: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

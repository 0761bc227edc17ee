//! What came of sending each attendance log to Odoo.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::key::uuid_v7_key;

/// How one record went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SyncResult {
    /// Odoo has it.
    Success,
    /// Odoo refused it.
    Failure,
}

/// One record of one sync.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "odoo_sync_logs")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Sync that sent it.
    pub job_id: Uuid,
    /// When.
    pub timestamp: DateTimeUtc,
    /// The log; kept as text, since logs may be deleted.
    pub attendance_log_id: Option<String>,
    /// Person.
    pub employee_id: String,
    /// How it went.
    pub result: SyncResult,
    /// Why it failed.
    pub message: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

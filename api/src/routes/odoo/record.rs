//! What came of one log in one sync.

use entity::odoo_sync_log::{self as row, Model};
use poem_openapi::{Enum, Object};
use uuid::Uuid;

use crate::timestamp::Timestamp;

/// How sending a log went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "row::SyncResult", rename_all = "lowercase")]
pub enum SyncResult {
    /// Odoo has it.
    Success,
    /// It could not be sent.
    Failure,
}

/// One log in one sync.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct SyncRecord {
    /// Id.
    id: Uuid,
    /// The sync.
    job_id: Uuid,
    /// When.
    timestamp: Timestamp,
    /// The log; it may be deleted by now.
    attendance_log_id: Option<String>,
    /// Whose it is.
    employee_id: String,
    /// How it went.
    result: SyncResult,
    /// What was done, or why it failed and what to do.
    message: Option<String>,
}

impl From<Model> for SyncRecord {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            job_id: row.job_id,
            timestamp: row.timestamp.into(),
            attendance_log_id: row.attendance_log_id,
            employee_id: row.employee_id,
            result: row.result.into(),
            message: row.message,
        }
    }
}

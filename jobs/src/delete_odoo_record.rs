//! The end of a record in Odoo whose log was deleted here.

use std::time::Duration;

use queue::{Backoff, ConcurrencyKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Job, queues};

/// Remove a deleted log's record from Odoo. Enqueue it in the transaction that deletes a log, wherever the log has an
/// `odoo_attendance_id` or an `odoo_sent`: the latter alone means that a sync has begun to send it, and that only Odoo can tell
/// whether it arrived. It carries everything, since the log is gone when it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteOdooRecord {
    /// The log that was deleted.
    pub attendance_log_id: String,
    /// Whose it was.
    pub employee_id: String,
    /// Its record in Odoo (`odoo_attendance_id`), where that is known.
    pub odoo_attendance_id: Option<i64>,
    /// What was last sent (`odoo_sent`), as it stood in the log.
    pub odoo_sent: Option<Value>,
}

/// What became of the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteOdooReport {
    /// Whether there was one to remove; somebody may have removed it in Odoo before.
    pub removed: bool,
}

impl Job for DeleteOdooRecord {
    const KIND: &'static str = "delete_odoo_record";
    const QUEUE: &'static str = queues::DEFAULT;
    const MAX_ATTEMPTS: u32 = 5;
    const TIMEOUT: Duration = Duration::from_secs(120);
    const BACKOFF: Backoff = Backoff { base: Duration::from_secs(30), cap: Duration::from_secs(3_600) };
    type Output = DeleteOdooReport;

    fn concurrency_key(&self) -> Option<ConcurrencyKey> {
        Some(ConcurrencyKey { key: "odoo-deletes".to_owned(), limit: 1 })
    }
}

//! When a log is to be sent to Odoo (again).
//!
//! A log that is synced is not sent anew at every sighting: Odoo hears of the check-in, of the end of the
//! attendance, and of whatever people correct.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::log::Log;
use crate::status::Status;

/// Where a log stands with Odoo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SyncStatus {
    /// To be sent.
    Pending,
    /// Odoo has it as it was last sent.
    Synced,
    /// The last attempt failed; the next sync tries again.
    Failed,
    /// Never sent.
    Skipped,
}

impl SyncStatus {
    /// The text stored in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Synced => "synced",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// What Odoo was last told about a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// The check-in sent.
    pub check_in: DateTime<Utc>,
    /// The check-out sent; `None` for an open attendance.
    pub check_out: Option<DateTime<Utc>>,
}

/// Why a log changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Somebody edited it.
    Edited,
    /// An exit camera or the day's close ended the attendance, or a recomputation of a day that is over.
    Ended,
    /// The person was seen elsewhere on the site, or a day still going on was recomputed.
    Seen,
}

/// The status of a log that was just made.
#[must_use]
pub fn of_new(status: Status) -> SyncStatus {
    match status {
        Status::Present | Status::Late => SyncStatus::Pending,
        Status::Missed => SyncStatus::Skipped,
    }
}

/// The status after a change: `current` before it, `log` after it, `sent` what Odoo knows.
///
/// Odoo keeps whole seconds, so differences below one are none.
#[must_use]
pub fn after_change(current: SyncStatus, log: &Log, sent: Option<Sent>, cause: Cause) -> SyncStatus {
    if log.status == Status::Missed {
        return SyncStatus::Skipped;
    }
    match (current, cause) {
        (SyncStatus::Pending | SyncStatus::Skipped, _) | (_, Cause::Edited) => SyncStatus::Pending,
        (SyncStatus::Failed, Cause::Ended | Cause::Seen) => SyncStatus::Failed,
        (SyncStatus::Synced, Cause::Ended) => pending_if(!knows_in(sent, log) || !knows_out(sent, log)),
        (SyncStatus::Synced, Cause::Seen) => pending_if(!knows_in(sent, log)),
    }
}

fn pending_if(differs: bool) -> SyncStatus {
    if differs { SyncStatus::Pending } else { SyncStatus::Synced }
}

fn knows_in(sent: Option<Sent>, log: &Log) -> bool {
    sent.is_some_and(|sent| sent.check_in.timestamp() == log.check_in.timestamp())
}

fn knows_out(sent: Option<Sent>, log: &Log) -> bool {
    let out = log.check_out.map(|at| at.timestamp());
    sent.is_some_and(|sent| sent.check_out.map(|at| at.timestamp()) == out)
}

//! Stored values as the rules word them, and the other way round.

use attendance::{
    Entry, Log, Status,
    odoo::{Sent, SyncStatus},
};
use chrono::{DateTime, Utc};
use entity::attendance_log::{self as row, Model, OdooStatus};
use serde::Deserialize;

/// A stored log as the rules see it; a `missed` one is none. A check-in by hand has no camera: the one that people name with it
/// saw nobody.
#[must_use]
pub fn log_of(row: &Model) -> Option<Log> {
    let status = status(row.status);
    if status == Status::Missed {
        return None;
    }
    Some(Log {
        check_in: row.check_in_at?,
        check_out: row.check_out_at,
        camera_id: row.camera_id.clone().filter(|_| !row.check_in_entered),
        shift_id: row.shift_id.clone(),
        status,
    })
}

/// What was entered by hand; it wins over every camera.
pub(crate) fn entry_of(row: &Model) -> Entry {
    let check_in = row.check_in_at.filter(|_| row.check_in_entered);
    let check_out = row.check_out_at.filter(|_| row.check_out_entered);
    let status = Some(status(row.status)).filter(|_| row.status_entered);
    // The table keeps the order of the two times.
    Entry::new(check_in, check_out, status).unwrap_or(Entry::NOTHING)
}

/// Whether anything was entered by hand.
pub(crate) fn is_entered(row: &Model) -> bool {
    row.check_in_entered || row.check_out_entered || row.status_entered
}

pub(crate) fn status(stored: row::Status) -> Status {
    match stored {
        row::Status::Present => Status::Present,
        row::Status::Late => Status::Late,
        row::Status::Missed => Status::Missed,
    }
}

pub(crate) fn stored_status(judged: Status) -> row::Status {
    match judged {
        Status::Present => row::Status::Present,
        Status::Late => row::Status::Late,
        Status::Missed => row::Status::Missed,
    }
}

pub(crate) fn sync_status(stored: OdooStatus) -> SyncStatus {
    match stored {
        OdooStatus::Pending => SyncStatus::Pending,
        OdooStatus::Synced => SyncStatus::Synced,
        OdooStatus::Failed => SyncStatus::Failed,
        OdooStatus::Skipped => SyncStatus::Skipped,
    }
}

pub(crate) fn odoo(status: SyncStatus) -> OdooStatus {
    match status {
        SyncStatus::Pending => OdooStatus::Pending,
        SyncStatus::Synced => OdooStatus::Synced,
        SyncStatus::Failed => OdooStatus::Failed,
        SyncStatus::Skipped => OdooStatus::Skipped,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    check_in: DateTime<Utc>,
    check_out: Option<DateTime<Utc>>,
}

/// What Odoo was last told, as the sync keeps it: `{"checkIn": …, "checkOut": …}`.
pub(crate) fn sent(row: &Model) -> Option<Sent> {
    let Kept { check_in, check_out } = Kept::deserialize(row.odoo_sent.as_ref()?).ok()?;
    Some(Sent { check_in, check_out })
}

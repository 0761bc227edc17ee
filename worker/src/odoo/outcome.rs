//! What came of a log, and how it is stored: the log itself, and a row for people to read.

use chrono::{DateTime, Utc};
use entity::{
    attendance_log::{Model, OdooStatus, Settled},
    odoo_sync_log::{self, SyncResult},
};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{batch::Fact, sent::Sent};

/// What came of one log.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// Odoo has it.
    Synced {
        /// Its record there.
        record: i64,
        /// What it says.
        sent: Sent,
        /// What was done.
        note: &'static str,
    },
    /// Odoo has none of it, as it shall be.
    Removed,
    /// Somebody must look at it.
    Failed {
        /// Its record there, if it has one.
        record: Option<i64>,
        /// What is known of it.
        sent: Sent,
        /// Why, and what to do.
        message: String,
    },
}

impl Outcome {
    /// A failure that changes nothing of what is known.
    pub fn failed(row: &Model, message: String) -> Self {
        let sent = Sent::read(row.odoo_sent.as_ref());
        Self::Failed { record: row.odoo_attendance_id, sent, message }
    }

    /// The log's columns.
    pub fn settled(&self, fact: &Fact) -> Settled {
        let row = &fact.row;
        let blank = Settled {
            id: row.id.clone(),
            check_in: row.check_in_at,
            check_out: row.check_out_at,
            status: row.status,
            before: fact.stored(),
            outcome: OdooStatus::Skipped,
            sent: None,
            record: None,
            message: None,
        };
        match self {
            Self::Synced { record, sent, .. } => {
                Settled { outcome: OdooStatus::Synced, sent: sent.kept(), record: Some(*record), ..blank }
            }
            Self::Removed => blank,
            Self::Failed { record, sent, message } => Settled {
                outcome: OdooStatus::Failed,
                sent: sent.kept(),
                record: *record,
                message: Some(message.clone()),
                ..blank
            },
        }
    }

    /// The row for people.
    pub fn log(&self, row: &Model, job: Uuid, at: DateTime<Utc>) -> odoo_sync_log::ActiveModel {
        let (result, message) = match self {
            Self::Synced { record, note, .. } => (SyncResult::Success, format!("{note} {record}")),
            Self::Removed => (SyncResult::Success, "record removed".to_owned()),
            Self::Failed { message, .. } => (SyncResult::Failure, message.clone()),
        };
        odoo_sync_log::ActiveModel {
            id: Set(Uuid::now_v7()),
            job_id: Set(job),
            timestamp: Set(at),
            attendance_log_id: Set(Some(row.id.clone())),
            employee_id: Set(row.employee_id.clone()),
            result: Set(result),
            message: Set(Some(message)),
            ..Default::default()
        }
    }
}

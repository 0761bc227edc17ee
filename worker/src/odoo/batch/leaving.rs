//! Records in Odoo that are to go: those of deleted logs. A log that is made anew in the place of a deleted one must not take over
//! its record, or it would lose it a moment later.

use entity::{
    attendance_log::Model,
    job_outbox::{self, Outcome},
};
use jobs::{DeleteOdooRecord, Job as _};
use odoo::Record;
use sea_orm::DbErr;
use serde::Deserialize as _;

use crate::{context::Context, odoo::sent::Sent};

/// The deletions of some people's records, those that have ended well a short time ago included: what was read of Odoo may be older.
#[derive(Default)]
pub(super) struct Leaving(Vec<Deletion>);

struct Deletion {
    log: DeleteOdooRecord,
    sent: Sent,
    is_done: bool,
}

impl Leaving {
    /// Those of these people.
    pub async fn of(context: &Context, employee_ids: Vec<String>) -> Result<Self, DbErr> {
        if employee_ids.is_empty() {
            return Ok(Self::default());
        }
        let rows =
            job_outbox::not_failed(&context.db, DeleteOdooRecord::KIND, "employeeId", employee_ids).await?;
        let read = |row: job_outbox::Model| {
            let log = DeleteOdooRecord::deserialize(row.payload).ok()?;
            let is_done = row.outcome == Some(Outcome::Done);
            Some(Deletion { sent: Sent::read(log.odoo_sent.as_ref()), log, is_done })
        };
        Ok(Self(rows.into_iter().filter_map(read).collect()))
    }

    /// Whether `record`, which `row` does not know as its own, is one of them.
    pub fn has(&self, row: &Model, record: &Record) -> bool {
        row.odoo_attendance_id != Some(record.id)
            && self
                .0
                .iter()
                .any(|deletion| deletion.log.employee_id == row.employee_id && deletion.means(record))
    }
}

impl Deletion {
    /// By its id; where that never came back, by when it begins, as long as it is looked for.
    fn means(&self, record: &Record) -> bool {
        match self.log.odoo_attendance_id {
            Some(id) => id == record.id,
            None => !self.is_done && self.sent.begins().any(|at| at == record.times.check_in),
        }
    }
}

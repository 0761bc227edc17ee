//! Whose attendance stands open in Odoo while a batch is dealt with. A closed record behind an open one would be accepted there, and
//! then keep the open one from being closed; so an older open record is settled first, and the later logs say what they wait for.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::attendance_log::Model;
use odoo::{Record, Times};

/// Open records by Odoo's id of their employees.
#[derive(Debug, Default)]
pub(super) struct Opens(HashMap<i64, Open>);

#[derive(Debug)]
struct Open {
    log: String,
    since: DateTime<Utc>,
    /// Nobody knows yet whether it is there, and open.
    unknown: bool,
}

/// Why a log must not be sent yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Blocked {
    /// By an older log that stands open there.
    By(String),
    /// By one of which nobody knows yet.
    Unknown,
}

impl Opens {
    /// What stands open of logs that are not in the batch, as Odoo tells it.
    pub fn of(others: &[Model], there: &HashMap<i64, Record>) -> Self {
        let mut opens = Self::default();
        for other in others {
            if let Some(record) = other.odoo_attendance_id.and_then(|id| there.get(&id)) {
                opens.learn(record.employee, &other.id, record.times);
            }
        }
        opens
    }

    /// This log's record has these times now.
    pub fn learn(&mut self, employee: i64, log: &str, times: Times) {
        if times.check_out.is_none() {
            self.add(employee, log, times, false);
        } else if self.0.get(&employee).is_some_and(|open| open.log == log) {
            self.0.remove(&employee);
        }
    }

    /// Nobody knows whether this log's record is there.
    pub fn doubt(&mut self, employee: i64, log: &str, times: Times) {
        self.add(employee, log, times, true);
    }

    fn add(&mut self, employee: i64, log: &str, times: Times, unknown: bool) {
        // The oldest one is what everything later waits for.
        if self.0.get(&employee).is_none_or(|open| open.since >= times.check_in) {
            self.0.insert(employee, Open { log: log.to_owned(), since: times.check_in, unknown });
        }
    }

    /// Whether a record with these times may be made now.
    pub fn blocks(&self, employee: i64, times: Times) -> Option<Blocked> {
        let open = self.0.get(&employee).filter(|open| open.since <= times.check_in)?;
        if open.unknown {
            return Some(Blocked::Unknown);
        }
        let since = open.since.format("%Y-%m-%d %H:%M:%S");
        Some(Blocked::By(format!(
            "the same person's log {} stands open in Odoo since {since} UTC: enter its check-out, then sync again",
            open.log
        )))
    }
}

//! The day of one person that a sighting counts for, as it is stored: its log, and what was entered by hand.

use std::collections::BTreeMap;

use attendance::{DayContext, Entry, Log, Plan, Status, day::local_day, history::History};
use chrono::{Days, NaiveDate};
use entity::attendance_log::{self, Model, Source};
use sea_orm::DatabaseTransaction;

use super::{Mark, sightings};
use crate::{configuration::Snapshot, frame::look::Trouble};

/// A person's day.
pub(super) struct Day {
    /// The day.
    pub date: NaiveDate,
    /// What the person is expected to work.
    pub plan: Plan,
    /// What its sightings are judged by.
    pub context: DayContext,
    /// Its row, a `missed` one included.
    pub row: Option<Model>,
    before: Option<Log>,
}

impl Day {
    /// Finds the day that the sighting counts for, which may be the one before.
    pub async fn load(
        transaction: &DatabaseTransaction,
        snapshot: &Snapshot,
        mark: &Mark<'_>,
    ) -> Result<Self, Trouble> {
        let plan = snapshot.plan(mark.person.department.as_deref());
        let today = local_day(mark.sighting.at, plan.zone());
        let yesterday = today - Days::new(1);
        let employee = &mark.person.id;
        let row_before = attendance_log::find_of_day(transaction, employee, yesterday).await?;
        let before = row_before.as_ref().and_then(log_of);
        let date = plan.day_of(mark.sighting.at, before.as_ref());
        let row = if date == yesterday {
            row_before
        } else {
            attendance_log::find_of_day(transaction, employee, today).await?
        };
        let entry = row.as_ref().map(entry_of).unwrap_or_default();
        let context = DayContext { rules: snapshot.rules(), shifts: plan.on(date), entry };
        Ok(Self { date, plan, context, row, before })
    }

    /// The log as it is stored.
    pub fn log(&self) -> Option<Log> {
        self.row.as_ref().and_then(log_of)
    }

    /// The log that all sightings of the day give, in the order in which they were captured.
    pub async fn recompute(
        &self,
        transaction: &DatabaseTransaction,
        snapshot: &Snapshot,
        mark: &Mark<'_>,
    ) -> Result<Option<Log>, Trouble> {
        let history = History {
            plan: &self.plan,
            rules: snapshot.rules(),
            first: self.date,
            last: self.date,
            before: self
                .before
                .as_ref()
                .filter(|_| self.date == local_day(mark.sighting.at, self.plan.zone())),
            entries: &BTreeMap::from([(self.date, self.context.entry)]),
        };
        let window = history.window();
        let all = sightings(transaction, &mark.person.id, window.start, window.end).await?;
        Ok(history.recompute(&all).remove(&self.date))
    }
}

/// A stored log as the rules see it; a `missed` one is none.
fn log_of(row: &Model) -> Option<Log> {
    let status = match row.status {
        attendance_log::Status::Present => Status::Present,
        attendance_log::Status::Late => Status::Late,
        attendance_log::Status::Missed => return None,
    };
    Some(Log {
        check_in: row.check_in_at?,
        check_out: row.check_out_at,
        camera_id: row.camera_id.clone(),
        shift_id: row.shift_id.clone(),
        status,
    })
}

/// What was entered by hand wins over every camera.
fn entry_of(row: &Model) -> Entry {
    if row.source != Source::Manual {
        return Entry::NOTHING;
    }
    let status = match row.status {
        attendance_log::Status::Present => Status::Present,
        attendance_log::Status::Late => Status::Late,
        attendance_log::Status::Missed => Status::Missed,
    };
    Entry::new(row.check_in_at, row.check_out_at, Some(status)).unwrap_or(Entry::NOTHING)
}

//! The two days that a sighting may count for, as they are stored: the site's today, and yesterday, whose night shift may still be
//! going on.

use std::collections::BTreeMap;

use attendance::{DayContext, Entry, Log, Plan, Status, day::local_day, history::History};
use chrono::{DateTime, Days as Span, NaiveDate, Utc};
use entity::attendance_log::{self, Model, Source};
use sea_orm::DatabaseTransaction;

use super::{Mark, sightings};
use crate::{configuration::Snapshot, frame::look::Trouble};

/// One day of a person, with its row, a `missed` one included.
pub(super) struct Day {
    /// The day.
    pub date: NaiveDate,
    /// Its row.
    pub row: Option<Model>,
}

impl Day {
    /// Loads days, in the order of their dates.
    async fn load<const COUNT: usize>(
        transaction: &DatabaseTransaction,
        employee: &str,
        dates: [NaiveDate; COUNT],
    ) -> Result<[Self; COUNT], Trouble> {
        let mut rows = attendance_log::find_of_days(transaction, employee, dates).await?;
        Ok(dates.map(|date| {
            let row = rows.iter().position(|row| row.date == date).map(|at| rows.swap_remove(at));
            Self { date, row }
        }))
    }

    /// The log as it is stored.
    pub fn log(&self) -> Option<Log> {
        self.row.as_ref().and_then(log_of)
    }

    fn entry(&self) -> Entry {
        self.row.as_ref().map(entry_of).unwrap_or_default()
    }
}

/// A person's days around a sighting.
pub(super) struct Days {
    /// What the person is expected to work.
    pub plan: Plan,
    yesterday: Day,
    today: Day,
}

impl Days {
    /// Loads both.
    pub async fn load(
        transaction: &DatabaseTransaction,
        snapshot: &Snapshot,
        mark: &Mark<'_>,
    ) -> Result<Self, Trouble> {
        let plan = snapshot.plan(mark.person.department.as_deref());
        let today = local_day(mark.sighting.at, plan.zone());
        let dates = [today - Span::new(1), today];
        let [yesterday, today] = Day::load(transaction, &mark.person.id, dates).await?;
        Ok(Self { plan, yesterday, today })
    }

    /// The day that a sighting at `at` counts for.
    pub fn of(&self, at: DateTime<Utc>) -> &Day {
        let date = self.plan.day_of(at, self.yesterday.log().as_ref());
        if date == self.yesterday.date { &self.yesterday } else { &self.today }
    }

    /// What a day's sightings are judged by.
    pub fn context(&self, day: &Day, snapshot: &Snapshot) -> DayContext {
        DayContext { rules: snapshot.rules(), shifts: self.plan.on(day.date), entry: day.entry() }
    }

    /// Both days with the logs that all their sightings give, in the order in which they were captured. A late frame can move
    /// sightings from one day to the other, so neither can be recomputed alone.
    pub async fn recompute(
        &self,
        transaction: &DatabaseTransaction,
        snapshot: &Snapshot,
        mark: &Mark<'_>,
    ) -> Result<[(&Day, Option<Log>); 2], Trouble> {
        let [before] = Day::load(transaction, &mark.person.id, [self.yesterday.date - Span::new(1)]).await?;
        let before = before.log();
        let days = [&self.yesterday, &self.today];
        let entries: BTreeMap<_, _> = days.iter().map(|day| (day.date, day.entry())).collect();
        let history = History {
            plan: &self.plan,
            rules: snapshot.rules(),
            first: self.yesterday.date,
            last: self.today.date,
            before: before.as_ref(),
            entries: &entries,
        };
        let window = history.window();
        let all = sightings(transaction, &mark.person.id, window.start, window.end).await?;
        let mut logs = history.recompute(&all);
        Ok(days.map(|day| (day, logs.remove(&day.date))))
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

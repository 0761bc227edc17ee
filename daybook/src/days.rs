//! Some successive days of one person as they are stored, and what their sightings make of them.

use std::collections::BTreeMap;

use attendance::{
    DayContext, Entry, Log, Plan, close,
    history::{History, Judged},
};
use chrono::{DateTime, Days as Span, NaiveDate, Utc};
use entity::attendance_log::{self, Model};
use sea_orm::{ConnectionTrait, DbErr};

use crate::{
    evidence::Seen,
    person::Person,
    site::Site,
    stored::{entry_of, log_of},
};

/// The rows of some days, `missed` ones included.
pub(crate) struct Days<'a> {
    pub site: &'a Site,
    pub person: &'a Person,
    pub plan: Plan,
    rows: Vec<Model>,
}

impl<'a> Days<'a> {
    /// Loads the days `first` to `last`.
    pub async fn load(
        db: &impl ConnectionTrait,
        site: &'a Site,
        person: &'a Person,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Self, DbErr> {
        let dates = first.iter_days().take_while(|date| *date <= last);
        let rows = attendance_log::find_of_days(db, &person.id, dates).await?;
        Ok(Self::of(site, person, rows))
    }

    /// Days that were read already.
    pub fn of(site: &'a Site, person: &'a Person, rows: Vec<Model>) -> Self {
        Self { site, person, plan: site.plan(person.department.as_deref()), rows }
    }

    /// The day's row.
    pub fn row(&self, date: NaiveDate) -> Option<&Model> {
        self.rows.iter().find(|row| row.date == date)
    }

    /// The day's log as it is stored.
    pub fn log(&self, date: NaiveDate) -> Option<Log> {
        self.row(date).and_then(log_of)
    }

    /// What was entered about the day.
    pub fn entry(&self, date: NaiveDate) -> Entry {
        self.row(date).map(entry_of).unwrap_or_default()
    }

    /// The day that a sighting at `at` counts for; both local days around it must have been loaded.
    pub fn of_instant(&self, at: DateTime<Utc>) -> NaiveDate {
        let yesterday = self.site.local_day(at) - Span::new(1);
        self.plan.day_of(at, self.log(yesterday).as_ref())
    }

    /// What a day's sightings are judged by.
    pub fn context(&self, date: NaiveDate) -> DayContext {
        DayContext { rules: self.site.rules, shifts: self.plan.on(date), entry: self.entry(date) }
    }

    /// The captures to load for [`Days::recompute`] of these days.
    pub async fn sightings(
        &self,
        db: &impl ConnectionTrait,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Seen, DbErr> {
        let entries = BTreeMap::new();
        let window = self.history(first, last, None, &entries).window();
        Seen::load(db, &self.person.id, window.start, window.end).await
    }

    /// The logs that the sightings of the days `first` to `last` give, with the entries of those days; a day that is over at
    /// `now` ends as its close ends it. The day before `first` must have been loaded.
    pub fn recompute(
        &self,
        first: NaiveDate,
        last: NaiveDate,
        seen: &Seen,
        now: DateTime<Utc>,
    ) -> BTreeMap<NaiveDate, Option<Log>> {
        let entered = self.rows.iter().filter(|row| (first..=last).contains(&row.date));
        let entries = entered.map(|row| (row.date, entry_of(row))).collect();
        self.recompute_with(first, last, &entries, seen, now)
    }

    /// The same with other entries than the stored ones.
    pub fn recompute_with(
        &self,
        first: NaiveDate,
        last: NaiveDate,
        entries: &BTreeMap<NaiveDate, Entry>,
        seen: &Seen,
        now: DateTime<Utc>,
    ) -> BTreeMap<NaiveDate, Option<Log>> {
        let before = self.log(first - Span::new(1));
        let mut judged = self.history(first, last, before.as_ref(), entries).judge(&seen.sightings);
        let settled = |date: NaiveDate, day: Judged| {
            if self.site.is_over(date, now) { close::settle(day) } else { day.log }
        };
        let days = first.iter_days().take_while(|date| *date <= last);
        days.map(|date| (date, settled(date, judged.remove(&date).unwrap_or_default()))).collect()
    }

    fn history<'b>(
        &'b self,
        first: NaiveDate,
        last: NaiveDate,
        before: Option<&'b Log>,
        entries: &'b BTreeMap<NaiveDate, Entry>,
    ) -> History<'b> {
        History { plan: &self.plan, rules: self.site.rules, first, last, before, entries }
    }
}

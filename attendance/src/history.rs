//! Several days of one person at once, with every sighting given to the day that it counts for.
//!
//! This is how a day is recomputed from its detections, and how a worker puts right what a frame changed
//! that was processed late around midnight.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::day;
use crate::entry::Entry;
use crate::fold::{Day, DayContext};
use crate::log::Log;
use crate::plan::Plan;
use crate::rules::Rules;
use crate::sighting::Sighting;

/// The days to recompute, and what is known about them beside the sightings.
#[derive(Debug, Clone)]
pub struct History<'a> {
    /// The person's plan.
    pub plan: &'a Plan,
    /// The settings.
    pub rules: Rules,
    /// The first day to recompute.
    pub first: NaiveDate,
    /// The last day to recompute.
    pub last: NaiveDate,
    /// The stored log of the day before `first`: sightings of a night shift still count for it. A `missed`
    /// row counts as none.
    pub before: Option<&'a Log>,
    /// What was entered by hand, by day.
    pub entries: &'a BTreeMap<NaiveDate, Entry>,
}

/// What all sightings of one day come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judged {
    /// The log; none where no frames agree, or somebody entered that the person was not there.
    pub log: Option<Log>,
    /// The last sighting that counts for the day, one that changed nothing included.
    pub last_seen: Option<DateTime<Utc>>,
}

impl History<'_> {
    /// The captures to load: those of the days themselves, and of the day after, where night shifts end.
    #[must_use]
    pub fn window(&self) -> Range<DateTime<Utc>> {
        let zone = self.plan.zone();
        day::start(self.first, zone)..day::end(self.last + Days::new(1), zone)
    }

    /// The logs that follow from the sightings in [`History::window`], which may come in any order. A day
    /// of the range that is not in the answer has no log.
    #[must_use]
    pub fn recompute(&self, sightings: &[Sighting]) -> BTreeMap<NaiveDate, Log> {
        self.judge(sightings).into_iter().filter_map(|(date, day)| Some((date, day.log?))).collect()
    }

    /// The same, with what the close of a day asks for. A day of the range that is not in the answer was
    /// neither seen nor entered.
    #[must_use]
    pub fn judge(&self, sightings: &[Sighting]) -> BTreeMap<NaiveDate, Judged> {
        let mut ordered: Vec<_> = sightings.iter().collect();
        ordered.sort_by_key(|sighting| sighting.key());
        let mut days: BTreeMap<_, _> = self.days_by_hand().collect();
        for sighting in ordered {
            let date = self.day_of(sighting, &days);
            if self.includes(date) {
                days.entry(date).or_insert_with(|| self.empty(date)).take(sighting);
            }
        }
        let judged = |day: &Day| Judged { log: day.log(), last_seen: day.last_seen() };
        days.iter().map(|(date, day)| (*date, judged(day))).collect()
    }

    fn days_by_hand(&self) -> impl Iterator<Item = (NaiveDate, Day)> {
        self.entries.keys().copied().filter(|date| self.includes(*date)).map(|date| (date, self.empty(date)))
    }

    fn day_of(&self, sighting: &Sighting, days: &BTreeMap<NaiveDate, Day>) -> NaiveDate {
        let yesterday = day::local_day(sighting.at, self.plan.zone()) - Days::new(1);
        if yesterday < self.first {
            return self.plan.day_of(sighting.at, self.before);
        }
        let log = days.get(&yesterday).and_then(Day::log);
        self.plan.day_of(sighting.at, log.as_ref())
    }

    fn includes(&self, date: NaiveDate) -> bool {
        (self.first..=self.last).contains(&date)
    }

    fn empty(&self, date: NaiveDate) -> Day {
        let entry = self.entries.get(&date).copied().unwrap_or_default();
        Day::resume(DayContext { rules: self.rules, shifts: self.plan.on(date), entry }, None)
    }
}

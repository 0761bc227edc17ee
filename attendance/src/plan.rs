//! What one person is expected to work, and which day a sighting of that person counts for.
//!
//! The day is the site's local day, except that what belongs to a shift across midnight counts for the day
//! on which the shift began. Only the person's own attendance tells whether somebody seen at six in the
//! morning is going home from the night shift or arriving for the early one, so the log of the local day
//! before takes part in the decision.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::day;
use crate::log::Log;
use crate::shift::{self, Occurrence, Shift};

/// How long after the end of a shift across midnight its people may still be seen on their way out. A longer
/// time would take sightings from the next working day, a shorter one would cut overtime off.
pub const OVERRUN: TimeDelta = TimeDelta::hours(4);

/// The shifts of one person at one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    zone: Tz,
    shifts: Vec<Shift>,
}

impl Plan {
    /// The plan of somebody of `department`: the shifts of that department and those of everybody.
    #[must_use]
    pub fn of(department: Option<&str>, shifts: &[Shift], zone: Tz) -> Self {
        let own = shifts.iter().filter(|shift| shift.applies_to(department));
        Self { zone, shifts: own.cloned().collect() }
    }

    /// The site's time zone.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The shifts that begin on `date`.
    #[must_use]
    pub fn on(&self, date: NaiveDate) -> Vec<Occurrence> {
        self.shifts.iter().filter_map(|shift| shift.on(date, self.zone)).collect()
    }

    /// Whether the person is expected on `date`, so that no log at the day's close means `missed`.
    #[must_use]
    pub fn expects(&self, date: NaiveDate) -> bool {
        !self.on(date).is_empty()
    }

    /// The day that a sighting at `at` counts for: the local day or the one before it.
    ///
    /// `day_before` is the person's log of the local day before `at`, if there is one.
    #[must_use]
    pub fn day_of(&self, at: DateTime<Utc>, day_before: Option<&Log>) -> NaiveDate {
        let today = day::local_day(at, self.zone);
        let yesterday = today - Days::new(1);
        let belongs_to_yesterday = match day_before {
            Some(log) => self.continues(log, yesterday, at),
            None => self.arrives_after_midnight(yesterday, today, at),
        };
        if belongs_to_yesterday { yesterday } else { today }
    }

    /// Until when sightings count for the day of `log`, once it is open: the end of the local day, or of the
    /// overrun of a shift across midnight.
    #[must_use]
    pub fn counts_until(&self, date: NaiveDate, log: &Log) -> DateTime<Utc> {
        let own_day = day::end(date, self.zone);
        let night = self.worked(log, date).filter(|shift| shift.crosses_midnight);
        let day_after = day::end(date + Days::new(1), self.zone);
        night.map_or(own_day, |shift| (shift.end + OVERRUN).clamp(own_day, day_after))
    }

    /// The log of `date` is for a shift across midnight whose people are still about.
    fn continues(&self, log: &Log, date: NaiveDate, at: DateTime<Utc>) -> bool {
        self.worked(log, date).is_some_and(|shift| shift.crosses_midnight && at < shift.end + OVERRUN)
    }

    fn worked(&self, log: &Log, date: NaiveDate) -> Option<Occurrence> {
        self.on(date).into_iter().find(|found| Some(&found.shift_id) == log.shift_id.as_ref())
    }

    /// A first sighting nearest to the start of a shift that began yesterday and goes on.
    fn arrives_after_midnight(&self, yesterday: NaiveDate, today: NaiveDate, at: DateTime<Utc>) -> bool {
        let candidates = [self.on(yesterday), self.on(today)].concat();
        let nearest = shift::nearest(&candidates, at);
        nearest.is_some_and(|shift| shift.date == yesterday && shift.crosses_midnight && at < shift.end)
    }
}

//! Shifts as a plan knows them, and one day's occurrence of a shift as a pair of instants.
//!
//! Weekdays are numbered as in ISO 8601: Monday is 1, Sunday is 7. A shift whose end is not after its start
//! crosses midnight, and belongs to the day on which it starts.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday, WeekdaySet};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::day;

/// A shift of the schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Id of the row in `shift_schedules`.
    pub id: String,
    /// Local time at which the shift starts.
    pub start: NaiveTime,
    /// Local time at which it ends; not after `start` means on the next day.
    pub end: NaiveTime,
    /// The days on which it starts.
    pub days: Weekdays,
    /// Minutes after `start` within which an arrival is not yet late.
    pub grace_minutes: u32,
    /// Name of the department that works this shift; `None` is everybody.
    pub department: Option<String>,
}

impl Shift {
    /// Whether the shift ends on the day after it started. Equal times are a shift of 24 hours.
    #[must_use]
    pub fn crosses_midnight(&self) -> bool {
        self.end <= self.start
    }

    /// Whether somebody of `department` works this shift. Names of departments are equal without case.
    #[must_use]
    pub fn applies_to(&self, department: Option<&str>) -> bool {
        let Some(own) = &self.department else { return true };
        department.is_some_and(|other| own.to_lowercase() == other.to_lowercase())
    }

    /// The occurrence that starts on the site's `date`, if the shift includes that weekday.
    #[must_use]
    pub fn on(&self, date: NaiveDate, zone: Tz) -> Option<Occurrence> {
        if !self.days.contains(date.weekday()) {
            return None;
        }
        let start = day::instant(date.and_time(self.start), zone);
        let last_day = if self.crosses_midnight() { date + Days::new(1) } else { date };
        Some(Occurrence {
            shift_id: self.id.clone(),
            date,
            start,
            end: day::instant(last_day.and_time(self.end), zone),
            late_after: start + TimeDelta::minutes(self.grace_minutes.into()),
            crosses_midnight: self.crosses_midnight(),
        })
    }
}

/// One shift on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Id of the shift.
    pub shift_id: String,
    /// The local day on which it starts.
    pub date: NaiveDate,
    /// When it starts.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// The last instant at which an arrival is in time.
    pub late_after: DateTime<Utc>,
    /// Whether it ends on the local day after the one on which it started.
    pub crosses_midnight: bool,
}

/// The occurrence whose start is nearest to `at`. Of two equally near ones the earlier counts, then the lower id.
#[must_use]
pub fn nearest(occurrences: &[Occurrence], at: DateTime<Utc>) -> Option<&Occurrence> {
    occurrences.iter().min_by_key(|found| ((found.start - at).abs(), found.start, &found.shift_id))
}

/// A set of weekdays, written as a list of ISO numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<i32>", into = "Vec<i32>")]
pub struct Weekdays(WeekdaySet);

impl Weekdays {
    /// Monday to Sunday.
    pub const ALL: Self = Self(WeekdaySet::ALL);

    /// Whether `day` is one of them.
    #[must_use]
    pub fn contains(self, day: Weekday) -> bool {
        self.0.contains(day)
    }

    /// The days as ISO numbers, Monday (1) first.
    #[must_use]
    pub fn iso(self) -> Vec<i32> {
        (1..=7).filter(|number| weekday(*number).is_some_and(|day| self.contains(day))).collect()
    }
}

/// A number that is no ISO weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no weekday: Monday is 1, Sunday is 7")]
pub struct NoWeekday(pub i32);

impl TryFrom<&[i32]> for Weekdays {
    type Error = NoWeekday;

    fn try_from(numbers: &[i32]) -> Result<Self, NoWeekday> {
        let days: Result<WeekdaySet, NoWeekday> =
            numbers.iter().map(|number| weekday(*number).ok_or(NoWeekday(*number))).collect();
        days.map(Self)
    }
}

impl TryFrom<Vec<i32>> for Weekdays {
    type Error = NoWeekday;

    fn try_from(numbers: Vec<i32>) -> Result<Self, NoWeekday> {
        Self::try_from(numbers.as_slice())
    }
}

impl From<Weekdays> for Vec<i32> {
    fn from(days: Weekdays) -> Self {
        days.iso()
    }
}

fn weekday(iso: i32) -> Option<Weekday> {
    let from_monday = u8::try_from(iso.checked_sub(1)?).ok()?;
    Weekday::try_from(from_monday).ok()
}

//! A cron expression without a zone: which local times it names.
//!
//! The `cron` crate reads the fields and finds matches. It differs from standard cron in three ways, which
//! are made up for here: it always wants seconds, it numbers weekdays from Sunday = 1, and it combines the
//! two day fields with "and".

use std::str::FromStr as _;

use chrono::{DateTime, TimeDelta, Utc};
use cron::{Schedule, TimeUnitSpec as _};

use crate::{TimetableError, weekday};

/// Name, and what may stand there, of each field.
const FIELDS: [(&str, &str); 6] = [
    ("second", "0-59"),
    ("minute", "0-59"),
    ("hour", "0-23"),
    ("day of month", "1-31"),
    ("month", "1-12 or JAN-DEC"),
    ("day of week", "0-7 or SUN-SAT, Sunday is 0 or 7"),
];
const HOUR: usize = 2;
const DAY_OF_MONTH: usize = 3;
const DAY_OF_WEEK: usize = 5;

/// A start from which every date comes within a cycle of leap years.
const SOME_TIME: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// The local times of a cron expression, written as if they were UTC.
#[derive(Debug, Clone)]
pub(crate) struct Expression {
    /// One, or two when either of the day fields is enough.
    alternatives: Vec<Schedule>,
    fixed_hour: bool,
}

impl Expression {
    pub(crate) fn parse(cron: &str) -> Result<Self, TimetableError> {
        let entered = with_seconds(cron)?;
        let fields = in_the_crates_words(entered)?;
        let alternatives = day_alternatives(entered, &fields).iter().filter_map(schedule).collect();
        let expression = Self { alternatives, fixed_hour: names_hours(entered, &fields) };
        expression.first_from(SOME_TIME).ok_or(TimetableError::Never)?;
        Ok(expression)
    }

    /// Whether it names certain hours of the day, rather than a rhythm.
    pub(crate) fn has_fixed_hour(&self) -> bool {
        self.fixed_hour
    }

    /// The first local time it names that is not before `wall`.
    pub(crate) fn first_from(&self, wall: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let before = wall - TimeDelta::seconds(1);
        self.alternatives.iter().filter_map(|schedule| schedule.after(&before).next()).min()
    }
}

type Fields = [String; 6];

/// The six fields as entered, with second 0 where the expression has five.
fn with_seconds(cron: &str) -> Result<[&str; 6], TimetableError> {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    match fields[..] {
        [minute, hour, day, month, weekday] => Ok(["0", minute, hour, day, month, weekday]),
        [second, minute, hour, day, month, weekday] => Ok([second, minute, hour, day, month, weekday]),
        _ => Err(TimetableError::FieldCount(fields.len())),
    }
}

/// The fields as the crate reads them, each of them tried alone, so that an error can name its field.
fn in_the_crates_words(entered: [&str; 6]) -> Result<Fields, TimetableError> {
    let mut fields = entered.map(str::to_owned);
    fields[DAY_OF_WEEK] =
        weekday::translate(entered[DAY_OF_WEEK]).ok_or_else(|| unreadable(DAY_OF_WEEK, entered))?;
    for index in 0..fields.len() {
        schedule(&only(&fields, index)).ok_or_else(|| unreadable(index, entered))?;
    }
    Ok(fields)
}

fn unreadable(index: usize, entered: [&str; 6]) -> TimetableError {
    let (field, allowed) = FIELDS[index];
    TimetableError::Field { field, value: entered[index].to_owned(), allowed }
}

/// The hour field names hours when it does not begin with `*`, unless it names all of them.
fn names_hours(entered: [&str; 6], fields: &Fields) -> bool {
    let every_hour = schedule(&only(fields, HOUR)).is_some_and(|schedule| schedule.hours().is_all());
    !entered[HOUR].starts_with('*') && !every_hour
}

/// An expression in which only the field at `index` is restricted.
fn only(fields: &Fields, index: usize) -> Fields {
    std::array::from_fn(|other| if other == index { fields[other].clone() } else { "*".to_owned() })
}

fn without(fields: &Fields, index: usize) -> Fields {
    std::array::from_fn(|other| if other == index { "*".to_owned() } else { fields[other].clone() })
}

fn schedule(fields: &Fields) -> Option<Schedule> {
    Schedule::from_str(&fields.join(" ")).ok()
}

/// The expression, or one for each of the day fields when neither begins with `*`: the rule of Vixie's cron.
fn day_alternatives(entered: [&str; 6], fields: &Fields) -> Vec<Fields> {
    let restricted = |index: usize| !entered[index].starts_with(['*', '?']);
    if restricted(DAY_OF_MONTH) && restricted(DAY_OF_WEEK) {
        vec![without(fields, DAY_OF_WEEK), without(fields, DAY_OF_MONTH)]
    } else {
        vec![fields.clone()]
    }
}

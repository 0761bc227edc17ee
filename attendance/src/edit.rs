//! What people may enter about a day. Whatever is refused here could not have happened: somebody who leaves
//! before coming, who is there twice at once, or whose hours lie in the future.

use std::fmt;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::day;
use crate::log::Log;
use crate::plan::Plan;

/// Clocks of browsers are a little ahead at times.
pub const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(1);
/// Older days are settled: whoever enters one has mistyped the year.
pub const OLDEST: TimeDelta = TimeDelta::days(366);
/// Nobody is there for longer without leaving.
pub const LONGEST: TimeDelta = TimeDelta::hours(24);

/// One end of an attendance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// The check-in.
    CheckIn,
    /// The check-out.
    CheckOut,
}

/// Why something cannot be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// It has not happened yet.
    InFuture(End),
    /// It lies further back than [`OLDEST`].
    TooLongAgo(End),
    /// The person would leave before coming.
    OutBeforeIn,
    /// More than [`LONGEST`] lie between check-in and check-out.
    TooLong,
    /// The check-in counts for another day than the log's.
    OtherDay(NaiveDate),
    /// The person was still there from the day before.
    OverlapsBefore(NaiveDate),
    /// The person was there again before leaving.
    OverlapsAfter(NaiveDate),
    /// There is a check-out or a status, and no check-in, neither by hand nor by a camera.
    NoCheckIn,
    /// Somebody who was not there has no times.
    TimesOfAbsence,
}

impl Problem {
    /// The end that is to be put right.
    #[must_use]
    pub fn end(self) -> End {
        match self {
            Self::InFuture(end) | Self::TooLongAgo(end) => end,
            Self::OtherDay(_) | Self::OverlapsBefore(_) | Self::NoCheckIn | Self::TimesOfAbsence => {
                End::CheckIn
            }
            Self::OutBeforeIn | Self::TooLong | Self::OverlapsAfter(_) => End::CheckOut,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InFuture(_) => f.write_str("must not be in the future"),
            Self::TooLongAgo(_) => write!(f, "must not be more than {} days ago", OLDEST.num_days()),
            Self::OutBeforeIn => f.write_str("must not be before the check-in"),
            Self::TooLong => {
                write!(f, "must not be more than {} hours after the check-in", LONGEST.num_hours())
            }
            Self::OtherDay(day) => write!(f, "counts for {day}, which is another day than the log's"),
            Self::OverlapsBefore(day) => {
                write!(f, "overlaps with the log of {day}: the person was still there")
            }
            Self::OverlapsAfter(day) => {
                write!(f, "overlaps with the log of {day}: the person was there again")
            }
            Self::NoCheckIn => f.write_str("is required: no camera saw the person come"),
            Self::TimesOfAbsence => f.write_str("must be absent where the status is missed"),
        }
    }
}

/// The days around the one that is edited.
#[derive(Debug, Clone, Copy)]
pub struct Neighbours<'a> {
    /// The log of the day before.
    pub before: Option<&'a Log>,
    /// The log of the day after.
    pub after: Option<&'a Log>,
}

/// What is wrong with `log` as somebody wants it for `date`; nothing where it may stand.
#[must_use]
pub fn problems(
    log: &Log,
    date: NaiveDate,
    plan: &Plan,
    neighbours: Neighbours<'_>,
    now: DateTime<Utc>,
) -> Vec<Problem> {
    let mut found = Vec::new();
    found.extend(of_time(log.check_in, End::CheckIn, now));
    found.extend(log.check_out.and_then(|left| of_time(left, End::CheckOut, now)));
    match log.check_out.map(|left| left - log.check_in) {
        Some(stay) if stay < TimeDelta::zero() => found.push(Problem::OutBeforeIn),
        Some(stay) if stay > LONGEST => found.push(Problem::TooLong),
        Some(_) | None => {}
    }
    // After midnight the day before is the log's own, of which this is the first time.
    let is_of_its_date = day::local_day(log.check_in, plan.zone()) == date;
    let counts_for = plan.day_of(log.check_in, neighbours.before.filter(|_| is_of_its_date));
    if still_there(neighbours.before, log.check_in) {
        found.push(Problem::OverlapsBefore(date.pred_opt().unwrap_or(date)));
    } else if counts_for != date {
        found.push(Problem::OtherDay(counts_for));
    }
    let last = log.check_out.unwrap_or(log.check_in);
    if neighbours.after.is_some_and(|after| after.check_in < last) {
        found.push(Problem::OverlapsAfter(date.succ_opt().unwrap_or(date)));
    }
    found
}

/// What is wrong with a time by itself: it has not come yet, or it is long past.
#[must_use]
pub fn of_time(at: DateTime<Utc>, end: End, now: DateTime<Utc>) -> Option<Problem> {
    if at > now + CLOCK_SKEW {
        return Some(Problem::InFuture(end));
    }
    (at < now - OLDEST).then_some(Problem::TooLongAgo(end))
}

fn still_there(before: Option<&Log>, at: DateTime<Utc>) -> bool {
    before.is_some_and(|before| at < before.check_out.unwrap_or(before.check_in))
}

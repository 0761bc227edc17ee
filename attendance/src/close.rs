//! The end of a site day: when it is over, and what is then done about each person.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::day;
use crate::history::Judged;
use crate::log::Log;
use crate::plan::Plan;
use crate::shift::Shift;

/// How long after the last shift's end a day is closed.
pub const CLOSES_AFTER: TimeDelta = TimeDelta::minutes(60);

/// When the site's `date` is closed: an hour after its last shift ended, whatever department worked it.
/// A day without any shift ends at midnight.
#[must_use]
pub fn closes_at(date: NaiveDate, shifts: &[Shift], zone: Tz) -> DateTime<Utc> {
    let ends = shifts.iter().filter_map(|shift| shift.on(date, zone)).map(|shift| shift.end);
    ends.max().unwrap_or_else(|| day::end(date, zone)) + CLOSES_AFTER
}

/// Whether the site's `date` is over at `now`. From then on sightings that still count for the day are
/// folded in by recomputing it and closing the result again.
#[must_use]
pub fn is_over(date: NaiveDate, shifts: &[Shift], zone: Tz, now: DateTime<Utc>) -> bool {
    now >= closes_at(date, shifts, zone)
}

/// What the close of a day does about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closing {
    /// Nothing: the log has its check-out, or nobody expected the person.
    Nothing,
    /// The open log gets its check-out.
    CheckOut(Log),
    /// A `missed` row is made.
    Missed,
}

/// Closes `date` for an active person. An open log ends with the person's last sighting of that day, even
/// one that the cooldown or the minimum stay kept out of the log: nothing later will say more. `last_seen`
/// before the check-in, or none, ends it at the check-in itself.
#[must_use]
pub fn close(log: Option<&Log>, last_seen: Option<DateTime<Utc>>, plan: &Plan, date: NaiveDate) -> Closing {
    match log {
        Some(log) if log.check_out.is_none() => Closing::CheckOut(ended(log, last_seen)),
        Some(_) => Closing::Nothing,
        None if plan.expects(date) => Closing::Missed,
        None => Closing::Nothing,
    }
}

/// The log of a day that is over, as its close leaves it, whether the close comes before or after this.
#[must_use]
pub fn settle(judged: Judged) -> Option<Log> {
    let Judged { log, last_seen } = judged;
    log.map(|log| if log.check_out.is_none() { ended(&log, last_seen) } else { log })
}

fn ended(log: &Log, last_seen: Option<DateTime<Utc>>) -> Log {
    let check_out = last_seen.map_or(log.check_in, |seen| seen.max(log.check_in));
    Log { check_out: Some(check_out), ..log.clone() }
}

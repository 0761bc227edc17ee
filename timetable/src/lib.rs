//! When periodic jobs are due: a cron expression in an IANA time zone, with one answer for every clock change.
//!
//! Pure rules, shared by the scheduler, which ticks by them, and the API, which validates what people enter
//! and shows the next run.

mod clock;
mod error;
mod expression;
mod weekday;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use clock::{Change, change_between, change_shortly_before, offset_at};
pub use error::TimetableError;
use expression::Expression;

/// A cron expression in a time zone.
///
/// Five fields are minute, hour, day of month, month and day of week; a sixth, in front, is the second. The
/// fields mean what they mean to Vixie's cron, the ancestor of the one on most servers: Sunday is 0 or 7,
/// and when both day fields are restricted, either of them is enough.
///
/// When clocks change, a fixed hour (an hour field that does not begin with `*` and leaves some hour out)
/// runs once: all its ticks in a skipped stretch become one at the first instant after it, and those in a
/// repeated stretch happen in the first pass only. Every other expression follows elapsed time: it has no
/// ticks in a skipped stretch, and all of them in both passes of a repeated one.
#[derive(Debug, Clone)]
pub struct Timetable {
    expression: Expression,
    zone: Tz,
}

impl Timetable {
    /// Reads an expression such as `*/30 * * * *` and a zone such as `Europe/Berlin`.
    ///
    /// # Errors
    /// Names the field that cannot be read, a number of fields other than five or six, an unknown zone, or
    /// an expression that never comes true.
    pub fn parse(cron: &str, zone: &str) -> Result<Self, TimetableError> {
        let zone: Tz = zone.parse().map_err(|_| TimetableError::Zone(zone.to_owned()))?;
        Ok(Self { expression: Expression::parse(cron)?, zone })
    }

    /// The first tick after `after`, a whole second; `None` only beyond the year 2100.
    #[must_use]
    pub fn next(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut cursor = self.cursor_after(whole_second(after));
        loop {
            let wall = self.expression.first_from(cursor.from + cursor.offset)?;
            let tick = wall - cursor.offset;
            let Some(change) = change_between(self.zone, cursor.from, cursor.offset, tick) else {
                return Some(tick);
            };
            let skipped = wall < change.at + change.after;
            if skipped && self.expression.has_fixed_hour() {
                return Some(change.at);
            }
            cursor = self.cursor_behind(change);
        }
    }

    /// The latest tick after `last_tick` and not after `now`. However many were missed, only that one is
    /// due: a job that is late runs once.
    #[must_use]
    pub fn due(&self, last_tick: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut latest = self.next(last_tick).filter(|tick| *tick <= now)?;
        let mut none_after = whole_second(now);
        while none_after > latest {
            let middle = latest + whole_half(none_after - latest);
            match self.next(middle).filter(|tick| *tick <= now) {
                Some(tick) => latest = tick,
                None => none_after = middle,
            }
        }
        Some(latest)
    }

    /// Where the search for the first tick after `after` begins.
    fn cursor_after(&self, after: DateTime<Utc>) -> Cursor {
        let begin = Cursor { from: after + TimeDelta::seconds(1), offset: offset_at(self.zone, after) };
        match change_shortly_before(self.zone, after) {
            Some(change) => Cursor { from: begin.from.max(self.cursor_behind(change).from), ..begin },
            None => begin,
        }
    }

    /// Where the search goes on behind a change of the clocks: a fixed hour leaves the second pass out.
    fn cursor_behind(&self, change: Change) -> Cursor {
        let repeated = (change.before - change.after).max(TimeDelta::zero());
        let left_out = if self.expression.has_fixed_hour() { repeated } else { TimeDelta::zero() };
        Cursor { from: change.at + left_out, offset: change.after }
    }
}

/// A place in time from which the clocks on the wall run without a jump.
struct Cursor {
    /// The first instant that may be a tick.
    from: DateTime<Utc>,
    /// What local time is ahead of UTC there.
    offset: TimeDelta,
}

fn whole_second(at: DateTime<Utc>) -> DateTime<Utc> {
    at - TimeDelta::nanoseconds(at.timestamp_subsec_nanos().into())
}

/// Half of a length of time in whole seconds, rounded down.
fn whole_half(length: TimeDelta) -> TimeDelta {
    TimeDelta::seconds(length.num_seconds() / 2)
}

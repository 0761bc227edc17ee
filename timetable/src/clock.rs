//! Where a zone's clocks jump. The zone database is only asked for offsets, so a jump is found by looking at
//! both sides and halving.

use chrono::{DateTime, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

/// Steps between two looks: no zone has ever changed its clocks back within a day.
const STEP: TimeDelta = TimeDelta::days(1);

/// A jump of local time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    /// The first instant of the new time.
    pub(crate) at: DateTime<Utc>,
    /// What local time was ahead of UTC before.
    pub(crate) before: TimeDelta,
    /// What it is ahead from then on.
    pub(crate) after: TimeDelta,
}

/// What local time is ahead of UTC at `at`.
pub(crate) fn offset_at(zone: Tz, at: DateTime<Utc>) -> TimeDelta {
    let utc: NaiveDateTime = at.naive_utc();
    let ahead = zone.offset_from_utc_datetime(&utc).fix().local_minus_utc();
    TimeDelta::seconds(ahead.into())
}

/// The first change from `offset` to another one at `from` or later, but not after `until`.
pub(crate) fn change_between(
    zone: Tz,
    from: DateTime<Utc>,
    offset: TimeDelta,
    until: DateTime<Utc>,
) -> Option<Change> {
    let mut same = from - TimeDelta::seconds(1);
    while same < until {
        let next = (same + STEP).min(until);
        if offset_at(zone, next) != offset {
            return Some(halve(zone, same, next, offset));
        }
        same = next;
    }
    None
}

/// The change of the last day before `at`, or at it.
pub(crate) fn change_shortly_before(zone: Tz, at: DateTime<Utc>) -> Option<Change> {
    let day_before = at - STEP;
    let offset = offset_at(zone, day_before);
    change_between(zone, day_before + TimeDelta::seconds(1), offset, at)
}

/// The change that lies after `old`, where `before` holds, and not after `new`, where it no longer does.
fn halve(zone: Tz, mut old: DateTime<Utc>, mut new: DateTime<Utc>, before: TimeDelta) -> Change {
    while new - old > TimeDelta::seconds(1) {
        let middle = old + TimeDelta::seconds((new - old).num_seconds() / 2);
        if offset_at(zone, middle) == before { old = middle } else { new = middle }
    }
    Change { at: new, before, after: offset_at(zone, new) }
}

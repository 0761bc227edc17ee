//! The site's calendar: which local day an instant belongs to, and which instant a local time means.
//!
//! Daylight saving leaves holes in local time and repeats parts of it. A time that falls into a hole means
//! the first instant after it; a time that comes twice means the earlier one. So every local day starts at
//! exactly one instant, and ends where the next one starts.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

/// The date that a calendar on the site's wall shows at `at`.
#[must_use]
pub fn local_day(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The instant that the site's clocks mean by `local`: the first after a hole, the earlier of two.
#[must_use]
pub fn instant(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    if let Some(found) = zone.from_local_datetime(&local).earliest() {
        return found.to_utc();
    }
    let gap_end = GapInfo::new(&local, &zone).and_then(|gap| gap.end);
    gap_end.map_or_else(|| beyond_gap(local, zone), |end| end.to_utc())
}

/// The first instant of the site's `date`: midnight, or what comes instead of it where midnight is skipped.
#[must_use]
pub fn start(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    instant(date.and_time(NaiveTime::MIN), zone)
}

/// The first instant that no longer belongs to `date`.
#[must_use]
pub fn end(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    start(date + Days::new(1), zone)
}

/// Reads `local` with the offset of the day before: the way out where the zone's data name no end of a hole.
fn beyond_gap(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let day_before = zone.from_utc_datetime(&(local - TimeDelta::days(1)));
    (local.and_utc() - TimeDelta::seconds(offset_seconds(&day_before))).to_utc()
}

fn offset_seconds(at: &DateTime<Tz>) -> i64 {
    (at.naive_local() - at.naive_utc()).num_seconds()
}

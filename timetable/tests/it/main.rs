//! Timetables, against tables of known nights and against slow, obvious references.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod clock_changes;
mod expressions;
mod misfires;
mod reading;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use timetable::Timetable;

fn utc(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap().and_utc()
}

/// All ticks after `from` and not after `until`.
fn ticks(timetable: &Timetable, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let next = |at: &DateTime<Utc>| timetable.next(*at);
    std::iter::successors(timetable.next(from), next).take_while(|tick| *tick <= until).collect()
}

/// The ticks of `cron` in `zone` on the site's `day`, as local clock times.
fn clock_times(cron: &str, zone: &str, day: &str) -> Vec<String> {
    let tz: chrono_tz::Tz = zone.parse().unwrap();
    let around = utc(&format!("{day} 12:00:00"));
    let timetable = Timetable::parse(cron, zone).unwrap();
    let found = ticks(&timetable, around - TimeDelta::hours(40), around + TimeDelta::hours(40));
    let local = found.iter().map(|tick| tick.with_timezone(&tz));
    local
        .filter(|tick| tick.date_naive().to_string() == day)
        .map(|tick| tick.format("%H:%M%:z").to_string())
        .collect()
}

//! Ticks that nobody was there for: only the latest one is due.

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::sample::select;
use timetable::Timetable;

use crate::{ticks, utc};

#[test]
fn of_many_missed_ticks_only_the_latest_is_due() {
    let hourly = Timetable::parse("0 * * * *", "UTC").unwrap();
    let due = hourly.due(utc("2025-11-03 00:00:00"), utc("2025-11-05 09:30:00"));
    assert_eq!(due, Some(utc("2025-11-05 09:00:00")));
}

#[test]
fn nothing_is_due_before_the_next_tick_or_after_the_last_one_was_taken() {
    let hourly = Timetable::parse("0 * * * *", "UTC").unwrap();
    let last = utc("2025-11-03 09:00:00");
    assert_eq!(hourly.due(last, utc("2025-11-03 09:59:59")), None);
    assert_eq!(hourly.due(last, last), None);
    assert_eq!(hourly.due(last, last - TimeDelta::days(1)), None, "a clock that went back");
}

#[test]
fn a_tick_is_due_at_its_very_instant() {
    let hourly = Timetable::parse("0 * * * *", "UTC").unwrap();
    let ten = utc("2025-11-03 10:00:00");
    assert_eq!(hourly.due(utc("2025-11-03 09:00:00"), ten), Some(ten));
    assert_eq!(hourly.due(utc("2025-11-03 09:00:00"), ten + TimeDelta::milliseconds(1)), Some(ten));
}

#[test]
fn a_year_of_missed_seconds_is_one_tick_and_found_at_once() {
    let every_second = Timetable::parse("* * * * * *", "Europe/Berlin").unwrap();
    let now = utc("2025-11-03 09:00:00");
    assert_eq!(every_second.due(now - TimeDelta::days(365), now), Some(now));
}

proptest! {
    #[test]
    fn the_due_tick_is_the_last_of_all_that_came_since(
        cron in select(vec!["*/7 * * * *", "0 2 * * *", "30 2,14 * * 1-5", "0 0 1 * *", "15 */3 * * *", "*/30 2 * * *"]),
        zone in select(vec!["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]),
        start in 0_i64..365 * 86_400, length in 0_i64..20 * 86_400,
    ) {
        let timetable = Timetable::parse(cron, zone).unwrap();
        let last = utc("2025-01-01 00:00:00") + TimeDelta::seconds(start);
        let now = last + TimeDelta::seconds(length);
        prop_assert_eq!(timetable.due(last, now), ticks(&timetable, last, now).last().copied());
    }
}

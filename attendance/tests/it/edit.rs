//! What people may enter.

use attendance::edit::{End, Neighbours, Problem, problems};
use attendance::{Log, Plan, Status};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::arbitrary::{at, date, plan, shift, utc};

const MONDAY: &str = "2025-11-03";
const NOBODY: Neighbours<'static> = Neighbours { before: None, after: None };

fn log(check_in: DateTime<Utc>, check_out: Option<DateTime<Utc>>) -> Log {
    Log { check_in, check_out, camera_id: None, shift_id: None, status: Status::Present }
}

fn office() -> Plan {
    plan(&[shift("S", "09:00", "17:00")], Tz::UTC)
}

fn found(log: &Log, neighbours: Neighbours<'_>) -> Vec<Problem> {
    problems(log, date(MONDAY), &office(), neighbours, at("20:00:00"))
}

#[test]
fn an_ordinary_day_may_be_entered() {
    assert_eq!(found(&log(at("09:00:00"), Some(at("17:00:00"))), NOBODY), []);
    assert_eq!(found(&log(at("20:00:59"), None), NOBODY), [], "a clock that is a little ahead");
}

#[test]
fn nobody_leaves_before_coming_or_a_day_after() {
    assert_eq!(found(&log(at("09:00:00"), Some(at("08:59:59"))), NOBODY), [Problem::OutBeforeIn]);
    let long = log(at("09:00:00"), Some(at("09:00:01") + TimeDelta::days(1)));
    let tomorrow = utc("2025-11-04 12:00:00");
    assert_eq!(problems(&long, date(MONDAY), &office(), NOBODY, tomorrow), [Problem::TooLong]);
}

#[test]
fn times_in_the_future_and_long_ago_are_each_named() {
    let future = log(at("20:05:00"), Some(at("21:00:00")));
    assert_eq!(found(&future, NOBODY), [Problem::InFuture(End::CheckIn), Problem::InFuture(End::CheckOut)]);
    let old = log(at("09:00:00") - TimeDelta::days(400), None);
    assert!(found(&old, NOBODY).contains(&Problem::TooLongAgo(End::CheckIn)));
}

#[test]
fn a_check_in_counts_for_the_day_of_the_rules() {
    let nights = plan(&[shift("N", "22:00", "06:00")], Tz::UTC);
    let after_midnight = log(utc("2025-11-04 00:30:00"), None);
    let now = utc("2025-11-04 12:00:00");
    assert_eq!(problems(&after_midnight, date(MONDAY), &nights, NOBODY, now), []);
    let by_day = problems(&after_midnight, date(MONDAY), &office(), NOBODY, now);
    assert_eq!(by_day, [Problem::OtherDay(date("2025-11-04"))]);
}

#[test]
fn hours_of_a_night_shift_after_midnight_may_be_entered_whatever_was_worked_the_day_before() {
    let both = plan(&[shift("D", "09:00", "17:00"), shift("N", "22:00", "06:00")], Tz::UTC);
    let by_day = Log {
        shift_id: Some("D".to_owned()),
        ..log(utc("2025-11-02 09:00:00"), Some(utc("2025-11-02 17:00:00")))
    };
    let around = Neighbours { before: Some(&by_day), after: None };
    let in_the_night = log(utc("2025-11-04 03:00:00"), None);
    assert_eq!(problems(&in_the_night, date(MONDAY), &both, around, utc("2025-11-04 12:00:00")), []);
}

#[test]
fn nobody_is_there_twice_at_once() {
    let sunday = log(utc("2025-11-02 21:00:00"), Some(at("02:00:00")));
    let tuesday = log(utc("2025-11-04 00:10:00"), None);
    let around = Neighbours { before: Some(&sunday), after: Some(&tuesday) };
    assert_eq!(found(&log(at("02:00:00"), None), around), []);
    assert_eq!(found(&log(at("01:59:59"), None), around), [Problem::OverlapsBefore(date("2025-11-02"))]);
    let late = log(at("09:00:00"), Some(utc("2025-11-04 00:10:01")));
    let after = problems(&late, date(MONDAY), &office(), around, utc("2025-11-04 12:00:00"));
    assert_eq!(after, [Problem::OverlapsAfter(date("2025-11-04"))]);
}

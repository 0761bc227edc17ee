//! The meaning of the fields, as standard cron has it.

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use timetable::Timetable;

use crate::utc;

fn next(cron: &str, after: &str) -> DateTime<Utc> {
    Timetable::parse(cron, "UTC").unwrap().next(utc(after)).unwrap()
}

#[test]
fn five_fields_tick_at_second_0_and_six_begin_with_the_second() {
    assert_eq!(next("* * * * *", "2025-11-03 09:00:00"), utc("2025-11-03 09:01:00"));
    assert_eq!(next("*/20 * * * * *", "2025-11-03 09:00:00"), utc("2025-11-03 09:00:20"));
    assert_eq!(next("* * * * * *", "2025-11-03 09:00:00"), utc("2025-11-03 09:00:01"));
}

#[test]
fn a_tick_is_after_the_given_instant_to_the_fraction_of_a_second() {
    let second = Timetable::parse("* * * * * *", "UTC").unwrap();
    let at = utc("2025-11-03 09:00:00");
    assert_eq!(second.next(at - TimeDelta::nanoseconds(1)), Some(at));
    assert_eq!(second.next(at + TimeDelta::nanoseconds(1)), Some(at + TimeDelta::seconds(1)));
}

#[test]
fn sunday_is_0_and_7_and_monday_is_1() {
    // 3 November 2025 is a Monday.
    for sunday in ["0", "7", "SUN", "sun", "7-7"] {
        assert_eq!(
            next(&format!("0 0 * * {sunday}"), "2025-11-03 09:00:00"),
            utc("2025-11-09 00:00:00"),
            "{sunday}"
        );
    }
    for monday in ["1", "MON"] {
        assert_eq!(
            next(&format!("0 0 * * {monday}"), "2025-11-03 09:00:00"),
            utc("2025-11-10 00:00:00"),
            "{monday}"
        );
    }
    assert_eq!(next("0 0 * * 6-7", "2025-11-03 09:00:00"), utc("2025-11-08 00:00:00"));
    assert_eq!(next("0 0 * * MON-FRI", "2025-11-07 09:00:00"), utc("2025-11-10 00:00:00"));
}

#[test]
fn when_both_day_fields_are_restricted_either_is_enough() {
    let cron = "0 0 13 * FRI";
    assert_eq!(next(cron, "2025-11-03 09:00:00"), utc("2025-11-07 00:00:00"), "a Friday");
    assert_eq!(next(cron, "2025-11-07 09:00:00"), utc("2025-11-13 00:00:00"), "a Thursday the 13th");
}

#[test]
fn a_day_field_that_begins_with_a_star_must_be_true_too() {
    assert_eq!(next("0 0 */10 * FRI", "2025-11-03 09:00:00"), utc("2025-11-21 00:00:00"));
    assert_eq!(next("0 0 8 * */2", "2025-11-03 09:00:00"), utc("2025-11-08 00:00:00"));
    assert_eq!(
        next("0 0 7 * */2", "2025-11-03 09:00:00"),
        utc("2025-12-07 00:00:00"),
        "7 November is a Friday"
    );
}

#[test]
fn the_29th_of_february_is_found_across_years_without_one() {
    assert_eq!(next("0 0 29 2 *", "2025-03-01 00:00:00"), utc("2028-02-29 00:00:00"));
}

/// A field: its text and the numbers that it names.
fn field(low: u32, high: u32) -> impl Strategy<Value = (String, Vec<u32>)> {
    prop_oneof![
        2 => Just(("*".to_owned(), (low..=high).collect())),
        1 => (low..=high).prop_map(|one| (one.to_string(), vec![one])),
        1 => (low..=high, low..=high).prop_map(|(one, other)| {
            let (first, last) = (one.min(other), one.max(other));
            (format!("{first}-{last}"), (first..=last).collect())
        }),
        1 => (2_u32..6).prop_map(move |step| {
            (format!("*/{step}"), (low..=high).step_by(step as usize).collect())
        }),
        1 => (low..=high, low..=high).prop_map(|(one, other)| (format!("{one},{other}"), vec![one, other])),
    ]
}

proptest! {
    #[test]
    fn the_next_tick_is_the_first_minute_that_a_plain_reading_of_the_fields_accepts(
        minute in field(0, 59), hour in field(0, 23), day in field(1, 31), month in field(1, 12),
        weekday in field(0, 6), after in 0_i64..86_400 * 365,
    ) {
        let after = utc("2025-01-01 00:00:00") + TimeDelta::seconds(after);
        let cron = [&minute, &hour, &day, &month, &weekday].map(|field| field.0.as_str()).join(" ");
        let either = !day.0.starts_with('*') && !weekday.0.starts_with('*');
        let accepts = |date: &NaiveDate| {
            let on_day = day.1.contains(&date.day());
            let on_weekday = weekday.1.contains(&date.weekday().num_days_from_sunday());
            let today = if either { on_day || on_weekday } else { on_day && on_weekday };
            today && month.1.contains(&date.month())
        };
        let clock_times = || hour.1.iter().flat_map(|hour| minute.1.iter().map(|minute| (*hour, *minute)));
        let ticks_on = |date: NaiveDate| {
            clock_times().map(move |(hour, minute)| date.and_hms_opt(hour, minute, 0).unwrap().and_utc())
        };
        let dates = after.date_naive().iter_days().take(366 * 9);
        let expected = dates.filter(accepts).find_map(|date| ticks_on(date).filter(|tick| *tick > after).min());
        let found = Timetable::parse(&cron, "UTC").ok().and_then(|timetable| timetable.next(after));
        prop_assert_eq!(found.map(|tick| tick.to_string()), expected.map(|tick| tick.to_string()), "{}", cron);
    }
}

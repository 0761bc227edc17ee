//! Shifts: their weekdays, their departments, the one nearest to an arrival, and who is late for it.

use attendance::shift::{NoWeekday, nearest};
use attendance::status::on_arrival;
use attendance::{Shift, Status, Weekdays};
use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::arbitrary::{at, date, plan, shift, utc};

const MONDAY: &str = "2025-11-03";

#[test]
fn weekdays_are_numbered_from_monday_1_to_sunday_7() {
    let weekend = Weekdays::try_from(vec![7, 6]).unwrap();
    let only_weekends = Shift { days: weekend, ..shift("S", "09:00", "17:00") };
    assert!(only_weekends.on(date("2025-11-02"), Tz::UTC).is_some());
    assert!(only_weekends.on(date(MONDAY), Tz::UTC).is_none());
    assert_eq!(weekend.iso(), [6, 7]);
}

#[test]
fn a_number_that_is_no_iso_weekday_is_refused() {
    assert_eq!(Weekdays::try_from(vec![1, 0]), Err(NoWeekday(0)));
    assert_eq!(Weekdays::try_from(vec![8]), Err(NoWeekday(8)));
    assert_eq!(Weekdays::try_from(vec![i32::MIN]), Err(NoWeekday(i32::MIN)));
}

#[test]
fn a_shift_is_written_and_read_as_the_same_json() {
    let written = serde_json::to_value(shift("S", "22:00", "06:00")).unwrap();
    assert_eq!(written["days"], serde_json::json!([1, 2, 3, 4, 5, 6, 7]));
    assert_eq!(serde_json::from_value::<Shift>(written).unwrap(), shift("S", "22:00", "06:00"));
}

#[test]
fn a_shift_of_a_department_is_for_its_people_only_and_one_without_for_everybody() {
    let kitchen = Shift { department: Some("Kitchen".into()), ..shift("K", "06:00", "14:00") };
    assert!(kitchen.applies_to(Some("kitchen")));
    assert!(!kitchen.applies_to(Some("Sales")) && !kitchen.applies_to(None));
    assert!(shift("S", "06:00", "14:00").applies_to(None));
}

#[test]
fn an_arrival_counts_for_the_shift_whose_start_is_nearest() {
    let today =
        plan(&[shift("early", "06:00", "14:00"), shift("late", "14:00", "22:00")], Tz::UTC).on(date(MONDAY));
    assert_eq!(nearest(&today, at("09:59:59")).unwrap().shift_id, "early");
    assert_eq!(nearest(&today, at("10:00:00")).unwrap().shift_id, "early");
    assert_eq!(nearest(&today, at("10:00:01")).unwrap().shift_id, "late");
}

#[test]
fn a_shift_whose_end_is_not_after_its_start_ends_on_the_next_day() {
    let night = shift("N", "22:00", "06:00").on(date(MONDAY), Tz::UTC).unwrap();
    assert_eq!(night.end, utc("2025-11-04 06:00:00"));
    let whole_day = shift("D", "08:00", "08:00").on(date(MONDAY), Tz::UTC).unwrap();
    assert_eq!(whole_day.end - whole_day.start, TimeDelta::hours(24));
}

#[test]
fn a_night_shift_is_shorter_or_longer_when_clocks_change_in_it() {
    let length = |day| {
        let night = shift("N", "22:00", "06:00").on(date(day), Tz::Europe__Berlin).unwrap();
        (night.end - night.start).num_hours()
    };
    assert_eq!((length("2025-03-29"), length("2025-10-25"), length("2025-11-03")), (7, 9, 8));
}

#[test]
fn somebody_is_late_only_after_the_last_instant_of_the_grace() {
    let nine = shift("S", "09:00", "17:00").on(date(MONDAY), Tz::UTC).unwrap();
    assert_eq!(on_arrival(at("08:00:00"), Some(&nine)), Status::Present);
    assert_eq!(on_arrival(at("09:05:00"), Some(&nine)), Status::Present);
    assert_eq!(on_arrival(at("09:05:00") + TimeDelta::milliseconds(1), Some(&nine)), Status::Late);
}

#[test]
fn without_a_shift_nobody_is_late() {
    assert_eq!(on_arrival(at("23:59:59"), None), Status::Present);
}

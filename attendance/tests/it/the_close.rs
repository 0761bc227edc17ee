//! The close of a site day.

use attendance::close::{Closing, close, closes_at, is_over};
use attendance::{DayContext, Plan, Shift, Weekdays, recompute};
use chrono_tz::Tz;

use crate::arbitrary::{at, date, plan, seen, seen_leaving, shift, utc};

const MONDAY: &str = "2025-11-03";

#[test]
fn a_day_is_over_an_hour_after_its_last_shift_of_any_department() {
    let night = Shift { department: Some("Guards".into()), ..shift("N", "22:00", "06:00") };
    let shifts = [shift("S", "09:00", "17:00"), night];
    assert!(!is_over(date(MONDAY), &shifts, Tz::UTC, utc("2025-11-04 06:59:59")));
    assert!(is_over(date(MONDAY), &shifts, Tz::UTC, utc("2025-11-04 07:00:00")));
    assert_eq!(closes_at(date(MONDAY), &shifts[..1], Tz::UTC), at("18:00:00"));
}

#[test]
fn a_day_without_a_shift_is_over_an_hour_after_midnight() {
    let weekend = Shift { days: Weekdays::try_from(vec![6, 7]).unwrap(), ..shift("S", "09:00", "17:00") };
    assert_eq!(closes_at(date(MONDAY), &[weekend], Tz::Europe__Berlin), utc("2025-11-04 00:00:00"));
}

fn office() -> Plan {
    plan(&[shift("S", "09:00", "17:00")], Tz::UTC)
}

#[test]
fn an_open_log_ends_with_the_last_sighting_even_one_that_did_not_count() {
    let day = [seen("CAM-01", at("09:00:00")), seen("CAM-02", at("09:03:00"))];
    let log = recompute(&day, &DayContext::default()).unwrap();
    assert_eq!(log.check_out, None);
    let Closing::CheckOut(closed) = close(Some(&log), Some(day[1].at), &office(), date(MONDAY)) else {
        panic!("the log should be closed")
    };
    assert_eq!(closed.check_out, Some(at("09:03:00")));
}

#[test]
fn an_open_log_with_a_single_sighting_ends_when_it_began() {
    let log = recompute(&[seen("CAM-01", at("09:00:00"))], &DayContext::default()).unwrap();
    for last_seen in [None, Some(at("08:00:00"))] {
        let Closing::CheckOut(closed) = close(Some(&log), last_seen, &office(), date(MONDAY)) else {
            panic!("the log should be closed")
        };
        assert_eq!(closed.check_out, Some(at("09:00:00")));
    }
}

#[test]
fn a_log_with_a_check_out_is_left_alone() {
    let day = [seen("CAM-01", at("09:00:00")), seen_leaving("CAM-09", at("17:00:00"))];
    let log = recompute(&day, &DayContext::default()).unwrap();
    assert_eq!(close(Some(&log), Some(at("17:00:30")), &office(), date(MONDAY)), Closing::Nothing);
}

#[test]
fn only_people_with_a_shift_that_day_are_missed() {
    assert_eq!(close(None, None, &office(), date(MONDAY)), Closing::Missed);
    assert_eq!(close(None, None, &plan(&[], Tz::UTC), date(MONDAY)), Closing::Nothing);
}

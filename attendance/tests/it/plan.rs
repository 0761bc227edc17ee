//! Which day a sighting counts for, with shifts across midnight above all.

use attendance::{Log, Plan, Shift, Status, Weekdays};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;

use crate::arbitrary::{at, date, odd_night, plan, shift, shifts, utc};

fn three_shifts() -> Plan {
    let shifts =
        [shift("early", "06:00", "14:00"), shift("late", "14:00", "22:00"), shift("night", "22:00", "06:00")];
    plan(&shifts, Tz::UTC)
}

fn log_of(shift_id: &str, check_in: DateTime<Utc>) -> Log {
    Log {
        check_in,
        check_out: None,
        camera_id: None,
        shift_id: Some(shift_id.into()),
        status: Status::Present,
    }
}

const MONDAY: &str = "2025-11-03";
const SUNDAY: &str = "2025-11-02";

#[test]
fn somebody_leaving_the_night_shift_still_counts_for_the_evening_before() {
    let sunday = log_of("night", utc("2025-11-02 21:55:00"));
    assert_eq!(three_shifts().day_of(at("06:12:00"), Some(&sunday)), date(SUNDAY));
}

#[test]
fn somebody_arriving_for_the_early_shift_at_that_hour_counts_for_the_new_day() {
    let sunday = log_of("early", utc("2025-11-02 05:55:00"));
    assert_eq!(three_shifts().day_of(at("05:50:00"), Some(&sunday)), date(MONDAY));
    assert_eq!(three_shifts().day_of(at("05:50:00"), None), date(MONDAY));
}

#[test]
fn somebody_arriving_late_for_the_night_shift_after_midnight_counts_for_the_evening_before() {
    assert_eq!(three_shifts().day_of(at("00:30:00"), None), date(SUNDAY));
    assert_eq!(
        three_shifts().day_of(at("03:00:00"), None),
        date(MONDAY),
        "three hours early beats five late"
    );
}

#[test]
fn a_first_sighting_after_the_end_of_the_night_shift_counts_for_the_new_day() {
    let only_nights = plan(&[shift("night", "22:00", "06:00")], Tz::UTC);
    assert_eq!(only_nights.day_of(at("05:59:59"), None), date(SUNDAY));
    assert_eq!(only_nights.day_of(at("06:00:00"), None), date(MONDAY));
}

#[test]
fn only_the_shift_that_an_arrival_is_nearest_to_can_claim_it_for_the_evening_before() {
    let shifts = [shift("long", "13:15", "00:15"), shift("short", "14:00", "14:15")];
    assert_eq!(plan(&shifts, Tz::UTC).day_of(at("00:00:00"), None), date(MONDAY));
    assert_eq!(plan(&shifts[..1], Tz::UTC).day_of(at("00:00:00"), None), date(SUNDAY));
}

#[test]
fn overtime_after_a_night_shift_counts_for_it_for_four_hours() {
    let sunday = log_of("night", utc("2025-11-02 21:55:00"));
    assert_eq!(three_shifts().day_of(at("09:59:59"), Some(&sunday)), date(SUNDAY));
    assert_eq!(three_shifts().day_of(at("10:00:00"), Some(&sunday)), date(MONDAY));
}

#[test]
fn a_night_shift_does_not_reach_into_a_day_after_one_on_which_it_is_not_worked() {
    let days = Weekdays::try_from(vec![1, 2, 3, 4, 5]).unwrap();
    let weekdays_only = plan(&[Shift { days, ..shift("night", "22:00", "06:00") }], Tz::UTC);
    assert_eq!(weekdays_only.day_of(at("00:30:00"), None), date(MONDAY));
}

#[test]
fn a_person_is_expected_only_on_days_on_which_a_shift_of_theirs_begins() {
    let shifts = [Shift {
        days: Weekdays::try_from(vec![1]).unwrap(),
        department: Some("Sales".into()),
        ..shift("S", "09:00", "17:00")
    }];
    let sales = Plan::of(Some("Sales"), &shifts, Tz::UTC);
    assert!(sales.expects(date(MONDAY)) && !sales.expects(date(SUNDAY)));
    assert!(!Plan::of(Some("Kitchen"), &shifts, Tz::UTC).expects(date(MONDAY)));
}

fn local_day(zone: Tz, at: DateTime<Utc>) -> NaiveDate {
    attendance::day::local_day(at, zone)
}

proptest! {
    #[test]
    fn a_sighting_counts_for_its_local_day_or_the_one_before(
        (zone, day) in odd_night(), shifts in shifts(), hour in 0_i64..72, before in any::<Option<usize>>(),
    ) {
        let plan = plan(&shifts, zone);
        let at = attendance::day::start(day - Days::new(1), zone) + TimeDelta::hours(hour);
        let log = before.and_then(|index| shifts.get(index % 4)).map(|shift| log_of(&shift.id, at));
        let counted = plan.day_of(at, log.as_ref());
        let own = local_day(zone, at);
        prop_assert!(counted == own || counted == own - Days::new(1));
    }

    #[test]
    fn without_shifts_across_midnight_the_day_is_the_local_day(
        (zone, day) in odd_night(), shifts in shifts(), minute in 0_i64..3 * 1_440,
    ) {
        let by_day: Vec<_> = shifts.into_iter().filter(|shift| !shift.crosses_midnight()).collect();
        let at = attendance::day::start(day - Days::new(1), zone) + TimeDelta::minutes(minute);
        prop_assert_eq!(plan(&by_day, zone).day_of(at, None), local_day(zone, at));
    }

    #[test]
    fn once_a_first_sighting_counts_for_the_new_day_every_later_one_of_that_day_does(
        (zone, day) in odd_night(), shifts in shifts(), minute in 0_i64..1_440, later in 0_i64..1_440,
    ) {
        let plan = plan(&shifts, zone);
        let at = attendance::day::start(day, zone) + TimeDelta::minutes(minute);
        let later = at + TimeDelta::minutes(later);
        let both_today = local_day(zone, at) == day && local_day(zone, later) == day;
        if both_today && plan.day_of(at, None) == day {
            prop_assert_eq!(plan.day_of(later, None), day);
        }
    }
}

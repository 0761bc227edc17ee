//! Nights in which clocks change: a fixed hour runs once, everything else follows elapsed time.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Timelike, Utc};
use chrono_tz::{GapInfo, Tz};
use proptest::prelude::*;
use proptest::sample::select;
use timetable::Timetable;

use crate::{clock_times, ticks, utc};

/// Clocks in Berlin skip 02:00–03:00.
const SPRING: &str = "2025-03-30";
/// Clocks in Berlin show 02:00–03:00 twice.
const AUTUMN: &str = "2025-10-26";

fn berlin(cron: &str, day: &str) -> Vec<String> {
    clock_times(cron, "Europe/Berlin", day)
}

#[test]
fn a_fixed_hour_that_is_skipped_runs_once_right_after_the_gap() {
    assert_eq!(berlin("30 2 * * *", SPRING), ["03:00+02:00"]);
    assert_eq!(berlin("*/15 2 * * *", SPRING), ["03:00+02:00"]);
    assert_eq!(berlin("0 1-3 * * *", SPRING), ["01:00+01:00", "03:00+02:00"]);
    assert_eq!(berlin("30 1-3 * * *", SPRING), ["01:30+01:00", "03:00+02:00", "03:30+02:00"]);
}

#[test]
fn a_fixed_hour_that_is_repeated_runs_in_the_first_pass_only() {
    assert_eq!(berlin("30 2 * * *", AUTUMN), ["02:30+02:00"]);
    assert_eq!(
        berlin("*/30 2-3 * * *", AUTUMN),
        ["02:00+02:00", "02:30+02:00", "03:00+01:00", "03:30+01:00"]
    );
}

#[test]
fn an_hourly_tick_follows_elapsed_time() {
    let spring = berlin("30 * * * *", SPRING);
    assert_eq!((spring.len(), &spring[1..3]), (23, &["01:30+01:00".into(), "03:30+02:00".into()][..]));
    let autumn = berlin("30 * * * *", AUTUMN);
    assert_eq!((autumn.len(), &autumn[2..4]), (25, &["02:30+02:00".into(), "02:30+01:00".into()][..]));
    assert_eq!(berlin("30 0-23 * * *", AUTUMN), autumn, "naming all hours is no fixed hour");
}

#[test]
fn a_rhythm_of_hours_has_no_tick_in_the_gap() {
    assert_eq!(berlin("0 */2 * * *", SPRING)[..3], ["00:00+01:00", "04:00+02:00", "06:00+02:00"]);
}

#[test]
fn half_an_hour_is_skipped_and_repeated_in_lord_howe() {
    let lord_howe = |cron, day| clock_times(cron, "Australia/Lord_Howe", day);
    assert_eq!(lord_howe("15 2 * * *", "2025-10-05"), ["02:30+11:00"]);
    assert_eq!(lord_howe("45 2 * * *", "2025-10-05"), ["02:45+11:00"]);
    assert_eq!(lord_howe("45 1 * * *", "2025-04-06"), ["01:45+11:00"]);
    assert_eq!(lord_howe("45 * * * *", "2025-04-06").len(), 25);
}

#[test]
fn ramadan_in_casablanca_repeats_and_skips_an_hour_of_its_own() {
    let casablanca = |day| clock_times("30 2 * * *", "Africa/Casablanca", day);
    assert_eq!(casablanca("2025-02-23"), ["02:30+01:00"]);
    assert_eq!(casablanca("2025-04-06"), ["03:00+01:00"]);
}

#[test]
fn a_skipped_midnight_runs_when_the_day_begins() {
    assert_eq!(clock_times("0 0 * * *", "Asia/Beirut", SPRING), ["01:00+03:00"]);
}

#[test]
fn a_zone_without_changes_ticks_at_its_quarter_hours() {
    assert_eq!(clock_times("0 2 * * *", "Asia/Kathmandu", "2025-06-01"), ["02:00+05:45"]);
}

#[test]
fn the_second_pass_of_a_fixed_hour_is_left_out_wherever_the_search_starts() {
    let timetable = Timetable::parse("0 2 * * *", "Europe/Berlin").unwrap();
    let tomorrow = Some(utc("2025-10-27 01:00:00"));
    for after in ["2025-10-26 00:00:00", "2025-10-26 00:59:59", "2025-10-26 01:00:00", "2025-10-26 01:30:00"]
    {
        assert_eq!(timetable.next(utc(after)), tomorrow, "{after}");
    }
}

#[test]
fn the_tick_of_a_skipped_hour_is_found_from_the_second_before_it() {
    let timetable = Timetable::parse("30 2 * * *", "Europe/Berlin").unwrap();
    assert_eq!(timetable.next(utc("2025-03-30 00:59:59")), Some(utc("2025-03-30 01:00:00")));
    assert_eq!(timetable.next(utc("2025-03-30 01:00:00")), Some(utc("2025-03-31 00:30:00")));
}

const NIGHTS: [(Tz, &str); 10] = [
    (Tz::Europe__Berlin, SPRING),
    (Tz::Europe__Berlin, AUTUMN),
    (Tz::America__New_York, "2025-03-09"),
    (Tz::America__New_York, "2025-11-02"),
    (Tz::Australia__Lord_Howe, "2025-04-06"),
    (Tz::Australia__Lord_Howe, "2025-10-05"),
    (Tz::Africa__Casablanca, "2025-02-23"),
    (Tz::Africa__Casablanca, "2025-04-06"),
    (Tz::Asia__Beirut, SPRING),
    (Tz::Asia__Kathmandu, "2025-06-01"),
];

/// The instants that a fixed time of day means on `day`, read straight from the zone database.
fn once(zone: Tz, day: NaiveDate, clock: NaiveTime) -> DateTime<Utc> {
    let wall = day.and_time(clock);
    let found = zone.from_local_datetime(&wall).earliest();
    found.or_else(|| GapInfo::new(&wall, &zone)?.end).unwrap().to_utc()
}

proptest! {
    #[test]
    fn every_fixed_time_of_every_day_happens_exactly_once(
        (zone, day) in select(NIGHTS.to_vec()), hours in prop::collection::btree_set(0_u32..6, 1..4), minute in 0_u32..60,
    ) {
        let day: NaiveDate = day.parse().unwrap();
        let listed: Vec<_> = hours.iter().map(ToString::to_string).collect();
        let timetable = Timetable::parse(&format!("{minute} {} * * *", listed.join(",")), zone.name()).unwrap();
        let clocks = hours.iter().map(|hour| NaiveTime::from_hms_opt(*hour, minute, 0).unwrap());
        let days = (0..4).map(|offset| day - Days::new(1) + Days::new(offset));
        let expected: BTreeSet<_> =
            days.flat_map(|day| clocks.clone().map(move |clock| once(zone, day, clock))).collect();
        let before = *expected.first().unwrap() - TimeDelta::seconds(1);
        let found: BTreeSet<_> = ticks(&timetable, before, *expected.last().unwrap()).into_iter().collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn a_rhythm_ticks_at_every_instant_whose_clock_time_it_names(
        (zone, day) in select(NIGHTS.to_vec()), step in 1_u32..59, hours in 1_u32..5,
    ) {
        let day: NaiveDate = day.parse().unwrap();
        let timetable = Timetable::parse(&format!("*/{step} */{hours} * * *"), zone.name()).unwrap();
        let start = day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(20);
        let until = start + TimeDelta::hours(48);
        let minutes = (1..=48 * 60).map(|minute| start + TimeDelta::minutes(minute));
        let named: Vec<_> = minutes.filter(|at| {
            let local = at.with_timezone(&zone);
            local.minute() % step == 0 && local.hour() % hours == 0
        }).collect();
        prop_assert_eq!(ticks(&timetable, start, until), named);
    }
}

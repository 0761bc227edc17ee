//! Local days and local times, above all in the nights in which clocks are changed.

use attendance::day::{end, instant, local_day, start};
use chrono::{Days, TimeDelta};
use chrono_tz::Tz;
use proptest::prelude::*;

use crate::arbitrary::{ODD_NIGHTS, date, odd_night, utc};

#[test]
fn a_skipped_local_time_means_the_first_instant_after_the_gap() {
    let wall = date("2025-03-30").and_hms_opt(2, 30, 0).unwrap();
    assert_eq!(instant(wall, Tz::Europe__Berlin), utc("2025-03-30 01:00:00"));
}

#[test]
fn a_repeated_local_time_means_the_earlier_instant() {
    let wall = date("2025-10-26").and_hms_opt(2, 30, 0).unwrap();
    assert_eq!(instant(wall, Tz::Europe__Berlin), utc("2025-10-26 00:30:00"));
}

#[test]
fn a_day_whose_midnight_is_skipped_starts_right_after_the_gap() {
    assert_eq!(start(date("2025-03-30"), Tz::Asia__Beirut), utc("2025-03-29 22:00:00"));
    assert_eq!(local_day(utc("2025-03-29 22:00:00"), Tz::Asia__Beirut), date("2025-03-30"));
}

#[test]
fn the_length_of_a_day_follows_the_clocks() {
    let hours = |day, zone| (end(date(day), zone) - start(date(day), zone)).num_minutes();
    assert_eq!(hours("2025-03-30", Tz::Europe__Berlin), 23 * 60);
    assert_eq!(hours("2025-10-26", Tz::Europe__Berlin), 25 * 60);
    assert_eq!(hours("2025-10-05", Tz::Australia__Lord_Howe), 23 * 60 + 30);
    assert_eq!(hours("2025-06-01", Tz::Asia__Kathmandu), 24 * 60);
}

#[test]
fn a_date_that_the_site_never_had_is_empty() {
    let skipped = date("2011-12-30");
    assert_eq!(start(skipped, Tz::Pacific__Apia), end(skipped, Tz::Pacific__Apia));
}

proptest! {
    #[test]
    fn every_instant_lies_in_its_own_local_day_and_in_no_other((zone, day) in odd_night(), second in 0_i64..4 * 86_400) {
        let at = start(day - Days::new(2), zone) + TimeDelta::seconds(second);
        let own = local_day(at, zone);
        prop_assert!(start(own, zone) <= at && at < end(own, zone));
        prop_assert!(at < start(own + Days::new(1), zone) && at >= end(own - Days::new(1), zone));
    }

    #[test]
    fn days_follow_each_other_without_a_gap_in_every_zone(
        (zone, _) in odd_night(),
        number in 0_u64..20_000,
    ) {
        let day = date("1995-01-01") + Days::new(number);
        prop_assert!(start(day, zone) < end(day, zone));
        prop_assert_eq!(local_day(start(day, zone), zone), day);
        prop_assert_eq!(local_day(start(day, zone) - TimeDelta::nanoseconds(1), zone), day - Days::new(1));
    }
}

#[test]
fn the_zones_of_these_tests_really_change_their_clocks() {
    let changing = ODD_NIGHTS.iter().filter(|(zone, day)| {
        let day = date(day);
        end(day, *zone) - start(day - Days::new(1), *zone) != TimeDelta::hours(48)
    });
    assert_eq!(changing.count(), ODD_NIGHTS.len() - 2);
}

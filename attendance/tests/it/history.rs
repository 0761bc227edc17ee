//! Whole stretches of days, with night shifts and in nights in which clocks change.

use std::collections::BTreeMap;

use attendance::history::History;
use attendance::{Entry, Log, Plan, Rules, Sighting, Status, day};
use chrono::{Days, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use proptest::prelude::*;

use crate::arbitrary::{date, odd_night, plan, rules, seen, seen_leaving, shift, shifts, sightings};

fn logs(plan: &Plan, rules: Rules, days: [NaiveDate; 2], sightings: &[Sighting]) -> BTreeMap<NaiveDate, Log> {
    let entries = BTreeMap::new();
    let [first, last] = days;
    History { plan, rules, first, last, before: None, entries: &entries }.recompute(sightings)
}

/// The local time `clock` on `day` in Berlin.
fn berlin(day: &str, clock: &str) -> chrono::DateTime<chrono::Utc> {
    day::instant(date(day).and_time(crate::arbitrary::time(clock)), Tz::Europe__Berlin)
}

#[test]
fn a_night_shift_in_the_night_of_a_clock_change_is_one_log_of_the_evening() {
    for (evening, morning, hours) in [("2025-03-29", "2025-03-30", 7), ("2025-10-25", "2025-10-26", 9)] {
        let nights = plan(&[shift("night", "22:00", "06:00")], Tz::Europe__Berlin);
        let seen = [
            seen("CAM-01", berlin(evening, "22:00")),
            seen("CAM-02", berlin(morning, "02:30")),
            seen_leaving("CAM-09", berlin(morning, "06:00")),
        ];
        let logs = logs(&nights, Rules::default(), [date(evening), date(morning)], &seen);
        assert_eq!(logs.keys().copied().collect::<Vec<_>>(), [date(evening)]);
        let log = &logs[&date(evening)];
        assert_eq!(log.check_out.unwrap() - log.check_in, TimeDelta::hours(hours));
    }
}

#[test]
fn early_late_and_night_shift_of_one_site_each_get_the_day_on_which_they_began() {
    let shifts =
        [shift("early", "06:00", "14:00"), shift("late", "14:00", "22:00"), shift("night", "22:00", "06:00")];
    let site = plan(&shifts, Tz::Europe__Berlin);
    for (came, left, next_day, worked) in [
        ("05:55", "14:05", false, "early"),
        ("13:58", "22:10", false, "late"),
        ("21:50", "06:12", true, "night"),
    ] {
        let mut seen = Vec::new();
        for day in ["2025-11-03", "2025-11-04", "2025-11-05"] {
            let end = date(day) + Days::new(next_day.into());
            seen.push(self::seen("CAM-01", berlin(day, came)));
            seen.push(seen_leaving("CAM-09", berlin(&end.to_string(), left)));
        }
        let logs = logs(&site, Rules::default(), [date("2025-11-03"), date("2025-11-05")], &seen);
        assert_eq!(logs.len(), 3, "{worked}");
        for log in logs.values() {
            assert_eq!(log.shift_id.as_deref(), Some(worked));
            assert_eq!((log.status, log.check_out.is_some()), (Status::Present, true));
        }
    }
}

#[test]
fn a_check_in_by_hand_for_the_night_shift_claims_the_morning_after() {
    let nights = plan(&[shift("night", "22:00", "06:00")], Tz::Europe__Berlin);
    let evening = date("2025-11-03");
    let entry = Entry::new(Some(berlin("2025-11-03", "22:00")), None, None).unwrap();
    let entries = BTreeMap::from([(evening, entry)]);
    let history = History {
        plan: &nights,
        rules: Rules::default(),
        first: evening,
        last: evening,
        before: None,
        entries: &entries,
    };
    let left = seen_leaving("CAM-09", berlin("2025-11-04", "06:30"));
    let logs = history.recompute(std::slice::from_ref(&left));
    assert_eq!(logs[&evening].check_out, Some(left.at));
}

proptest! {
    #[test]
    fn the_stays_of_one_person_never_overlap_and_lie_in_their_days(
        (zone, day, sightings) in odd_night().prop_flat_map(|(zone, day)| {
            (Just(zone), Just(day), sightings(day::start(day - Days::new(2), zone), 80))
        }),
        shifts in shifts(), rules in rules(),
    ) {
        let plan = plan(&shifts, zone);
        let logs = logs(&plan, rules, [day - Days::new(3), day + Days::new(20)], &sightings);
        let mut free_from = None;
        for (date, log) in &logs {
            prop_assert!(free_from.is_none_or(|left| left < log.check_in));
            prop_assert!(day::start(*date, zone) <= log.check_in);
            let last = log.check_out.unwrap_or(log.check_in);
            prop_assert!(day::local_day(last, zone) <= *date + Days::new(1));
            free_from = Some(last);
        }
    }

    #[test]
    fn when_one_frame_is_enough_every_sighting_has_a_day(
        (zone, day, sightings) in odd_night().prop_flat_map(|(zone, day)| {
            (Just(zone), Just(day), sightings(day::start(day - Days::new(2), zone), 60))
        }),
        shifts in shifts(),
    ) {
        let rules = Rules { min_agreeing_frames_automatic: 1, ..Rules::default() };
        let logs = logs(&plan(&shifts, zone), rules, [day - Days::new(3), day + Days::new(20)], &sightings);
        for sighting in &sightings {
            let own = day::local_day(sighting.at, zone);
            let came_before = |date: NaiveDate| logs.get(&date).is_some_and(|log| log.check_in <= sighting.at);
            prop_assert!(came_before(own) || came_before(own - Days::new(1)));
        }
    }

    #[test]
    fn the_close_finds_the_last_sighting_of_an_open_log_by_time_alone(
        (zone, day, sightings) in odd_night().prop_flat_map(|(zone, day)| {
            (Just(zone), Just(day), sightings(day::start(day - Days::new(2), zone), 60))
        }),
        shifts in shifts(), rules in rules(),
    ) {
        let (plan, entries) = (plan(&shifts, zone), BTreeMap::new());
        let (first, last) = (day - Days::new(3), day + Days::new(20));
        let history = History { plan: &plan, rules, first, last, before: None, entries: &entries };
        for (date, judged) in history.judge(&sightings) {
            let Some(log) = &judged.log else { continue };
            let until = plan.counts_until(date, log);
            let counted = sightings.iter().map(|s| s.at).filter(|at| (log.check_in..until).contains(at));
            prop_assert_eq!(judged.last_seen, counted.max(), "{} {:?}", date, log);
        }
    }

    #[test]
    fn a_day_recomputed_alone_has_the_log_that_it_has_among_all(
        (zone, day, sightings) in odd_night().prop_flat_map(|(zone, day)| {
            let from = day::start(day - Days::new(2), zone);
            (Just(zone), Just(day), sightings(from, 80).prop_shuffle())
        }),
        shifts in shifts(), rules in rules(),
    ) {
        let plan = plan(&shifts, zone);
        let all = logs(&plan, rules, [day - Days::new(3), day + Days::new(20)], &sightings);
        let entries = BTreeMap::new();
        for offset in 0..6 {
            let alone = day - Days::new(2) + Days::new(offset);
            let before = all.get(&(alone - Days::new(1)));
            let history = History { plan: &plan, rules, first: alone, last: alone, before, entries: &entries };
            let window = history.window();
            let own: Vec<_> = sightings.iter().filter(|s| window.contains(&s.at)).cloned().collect();
            let recomputed = history.recompute(&own);
            prop_assert_eq!(recomputed.get(&alone), all.get(&alone));
        }
    }
}

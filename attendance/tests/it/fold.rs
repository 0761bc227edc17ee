//! First in, last out: a day's sightings folded into a log.

use std::collections::HashSet;

use attendance::fold::look_back;
use attendance::{Change, DayContext, Direction, Log, Sighting, Status, apply, recompute};
use chrono_tz::Tz;
use proptest::prelude::*;

use crate::arbitrary::{a_day, at, date, plan, seen, seen_automatically, seen_leaving, shift};

fn office() -> DayContext {
    let shifts = plan(&[shift("office", "09:00", "17:00")], Tz::UTC).on(date("2025-11-03"));
    DayContext { shifts, ..DayContext::default() }
}

#[test]
fn the_first_sighting_opens_the_log_and_the_last_ends_it() {
    let day =
        [seen("CAM-01", at("08:58:00")), seen("CAM-02", at("12:30:00")), seen("CAM-01", at("17:03:00"))];
    let expected = Log {
        check_in: at("08:58:00"),
        check_out: Some(at("17:03:00")),
        camera_id: Some("CAM-01".into()),
        shift_id: Some("office".into()),
        status: Status::Present,
    };
    assert_eq!(recompute(&day, &office()), Some(expected));
}

#[test]
fn a_first_sighting_after_the_grace_makes_the_log_late() {
    let status = |clock| recompute(&[seen("CAM-01", at(clock))], &office()).unwrap().status;
    assert_eq!((status("09:05:00"), status("09:05:01")), (Status::Present, Status::Late));
}

#[test]
fn a_sighting_before_the_minimum_stay_ends_nothing_unless_it_is_at_an_exit() {
    let came = seen("CAM-01", at("09:00:00"));
    let check_out = |next| recompute(&[came.clone(), next], &office()).unwrap().check_out;
    assert_eq!(check_out(seen("CAM-02", at("09:04:59"))), None);
    assert_eq!(check_out(seen("CAM-02", at("09:05:00"))), Some(at("09:05:00")));
    assert_eq!(check_out(seen_leaving("CAM-02", at("09:00:01"))), Some(at("09:00:01")));
}

#[test]
fn a_change_says_whether_an_exit_made_it() {
    let log = recompute(&[seen("CAM-01", at("09:00:00"))], &office()).unwrap();
    let by_exit = |next: &Sighting| match apply(Some(&log), &[], next, &office()) {
        Change::Moved { by_exit, .. } => Some(by_exit),
        Change::Unchanged | Change::Opened(_) | Change::Recompute => None,
    };
    assert_eq!(by_exit(&seen_leaving("CAM-09", at("12:00:00"))), Some(true));
    assert_eq!(by_exit(&seen("CAM-02", at("12:00:00"))), Some(false));
    assert_eq!(by_exit(&seen("CAM-02", at("09:01:00"))), None);
}

#[test]
fn a_frame_processed_after_a_later_one_asks_for_a_recomputation() {
    let later = seen("CAM-01", at("09:00:10"));
    let log = recompute(std::slice::from_ref(&later), &office());
    let older = seen("CAM-02", at("09:00:08"));
    assert_eq!(apply(log.as_ref(), &[later], &older, &office()), Change::Recompute);
}

#[test]
fn automatic_frames_that_agree_open_the_log_one_at_a_time() {
    let [first, second] = ["09:00:00", "09:00:02"].map(|clock| seen_automatically("CAM-01", at(clock), 2));
    assert_eq!(apply(None, &[], &first, &office()), Change::Unchanged);
    let Change::Opened(log) = apply(None, std::slice::from_ref(&first), &second, &office()) else {
        panic!("the second frame should open the day")
    };
    assert_eq!(log.check_in, first.at);
}

/// Applies sightings in the given order of arrival, each with only what [`look_back`] asks for, as a worker does.
fn arrive(sightings: &[Sighting], context: &DayContext) -> Option<Log> {
    let mut stored: Vec<Sighting> = Vec::new();
    let mut log = None;
    for sighting in sightings {
        let oldest = sighting.at - look_back(&context.rules, sighting);
        let recent: Vec<_> = stored.iter().filter(|other| other.at >= oldest).cloned().collect();
        stored.push(sighting.clone());
        match apply(log.as_ref(), &recent, sighting, context) {
            Change::Unchanged => {}
            Change::Opened(changed) | Change::Moved { log: changed, .. } => log = Some(changed),
            Change::Recompute => log = recompute(&stored, context),
        }
    }
    log
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_order_in_which_frames_are_processed_does_not_matter(
        (context, ordered, arrivals) in a_day().prop_flat_map(|(context, day)| {
            (Just(context), Just(day.clone()), Just(day).prop_shuffle())
        }),
    ) {
        let truth = recompute(&ordered, &context);
        prop_assert_eq!(&recompute(&arrivals, &context), &truth);
        prop_assert_eq!(&arrive(&arrivals, &context), &truth);
        prop_assert_eq!(&arrive(&ordered, &context), &truth);
    }

    #[test]
    fn frames_in_order_never_need_a_recomputation((context, sightings) in a_day()) {
        for (index, sighting) in sightings.iter().enumerate() {
            let log = recompute(&sightings[..index], &context);
            prop_assert_ne!(apply(log.as_ref(), &sightings[..index], sighting, &context), Change::Recompute);
        }
    }

    #[test]
    fn a_frame_that_is_counted_twice_changes_nothing((context, sightings) in a_day()) {
        let twice: Vec<_> = sightings.iter().chain(&sightings).cloned().collect();
        prop_assert_eq!(recompute(&twice, &context), recompute(&sightings, &context));
    }

    #[test]
    fn in_time_order_the_check_in_stays_and_the_check_out_only_moves_forward((context, sightings) in a_day()) {
        let mut before: Option<Log> = None;
        for length in 0..=sightings.len() {
            let log = recompute(&sightings[..length], &context);
            if let Some(before) = &before {
                let log = log.as_ref().unwrap();
                prop_assert_eq!(log.check_in, before.check_in);
                prop_assert!(log.check_out >= before.check_out);
                prop_assert!(log.check_out.is_none_or(|left| log.check_in <= left));
            }
            before = log;
        }
    }

    #[test]
    fn the_log_says_only_times_at_which_the_person_was_seen((context, sightings) in a_day()) {
        let seen: HashSet<_> = sightings.iter().map(|sighting| sighting.at).collect();
        if let Some(log) = recompute(&sightings, &context) {
            prop_assert!(seen.contains(&log.check_in));
            prop_assert!(log.check_out.is_none_or(|left| seen.contains(&left)));
        }
    }

    #[test]
    fn an_exit_after_the_check_in_is_always_the_check_out_of_that_moment((context, sightings) in a_day()) {
        for length in 1..=sightings.len() {
            let last = &sightings[length - 1];
            let log = recompute(&sightings[..length], &context);
            if let Some(log) = log.filter(|log| last.direction == Direction::Exit && last.at > log.check_in) {
                prop_assert_eq!(log.check_out, Some(last.at));
            }
        }
    }
}

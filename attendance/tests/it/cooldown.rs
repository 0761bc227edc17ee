//! The cooldown per person and camera.

use attendance::{Change, DayContext, Sighting, apply, recompute};
use chrono::TimeDelta;
use proptest::prelude::*;

use crate::arbitrary::{a_day, at, seen, seen_leaving};

fn check_out(sightings: &[Sighting]) -> Option<chrono::DateTime<chrono::Utc>> {
    recompute(sightings, &DayContext::default()).unwrap().check_out
}

#[test]
fn a_camera_that_saw_somebody_just_now_does_not_change_the_log_again() {
    let came = seen("CAM-01", at("09:00:00"));
    let counted = seen("CAM-01", at("12:00:00"));
    let within = seen("CAM-01", at("12:00:59"));
    assert_eq!(check_out(&[came.clone(), counted.clone(), within]), Some(at("12:00:00")));
    let after = seen("CAM-01", at("12:01:00"));
    assert_eq!(check_out(&[came, counted, after]), Some(at("12:01:00")));
}

#[test]
fn another_camera_has_a_cooldown_of_its_own() {
    let sightings =
        [seen("CAM-01", at("09:00:00")), seen("CAM-01", at("12:00:00")), seen("CAM-02", at("12:00:10"))];
    assert_eq!(check_out(&sightings), Some(at("12:00:10")));
}

#[test]
fn an_exit_camera_moves_the_check_out_within_its_cooldown_and_before_the_minimum_stay() {
    let sightings = [
        seen("CAM-01", at("09:00:00")),
        seen_leaving("CAM-09", at("09:01:00")),
        seen_leaving("CAM-09", at("09:01:02")),
    ];
    assert_eq!(check_out(&sightings), Some(at("09:01:02")));
}

#[test]
fn somebody_who_stays_in_view_has_a_check_out_at_most_one_cooldown_old() {
    let frames: Vec<_> =
        (0..1_800).map(|frame| seen("CAM-01", at("09:00:00") + TimeDelta::seconds(2 * frame))).collect();
    let last = frames.last().unwrap().at;
    assert!(last - check_out(&frames).unwrap() < TimeDelta::seconds(60));
}

proptest! {
    #[test]
    fn a_log_that_changed_less_than_a_cooldown_ago_is_not_changed_by_a_camera_that_saw_the_person_since(
        (context, sightings) in a_day(),
    ) {
        for index in 1..sightings.len() {
            let (before, next) = (&sightings[..index], &sightings[index]);
            let Some(log) = recompute(before, &context) else { continue };
            let cooldown = context.rules.cooldown();
            let fresh = next.at - log.check_out.unwrap_or(log.check_in) < cooldown;
            let seen_there = before.iter().any(|s| s.camera_id == next.camera_id && next.at - s.at < cooldown);
            if fresh && seen_there && next.direction != attendance::Direction::Exit {
                prop_assert_eq!(apply(Some(&log), before, next, &context), Change::Unchanged);
            }
        }
    }
}

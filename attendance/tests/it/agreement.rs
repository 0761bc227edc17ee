//! Agreeing frames: how many, how near, and from which of them attendance counts.

use attendance::agreement::{started_at, window};
use attendance::{DayContext, Rules, recompute};
use chrono::TimeDelta;

use crate::arbitrary::{at, seen, seen_automatically};

fn automatic_after(seconds: i64, interval: u32) -> bool {
    let first = at("09:00:00");
    let frames = [
        seen_automatically("CAM-01", first, interval),
        seen_automatically("CAM-01", first + TimeDelta::seconds(seconds), interval),
    ];
    recompute(&frames, &DayContext::default()).is_some()
}

#[test]
fn the_window_is_three_intervals_and_at_least_ten_seconds() {
    assert_eq!(window(None), TimeDelta::seconds(10));
    assert_eq!(window(Some(3)), TimeDelta::seconds(10));
    assert_eq!(window(Some(4)), TimeDelta::seconds(12));
    assert_eq!(window(Some(u32::MAX)), TimeDelta::seconds(3 * i64::from(u32::MAX)));
}

#[test]
fn one_frame_asked_for_opens_the_day_and_one_automatic_frame_does_not() {
    let context = DayContext::default();
    assert!(recompute(&[seen("CAM-01", at("09:00:00"))], &context).is_some());
    assert!(recompute(&[seen_automatically("CAM-01", at("09:00:00"), 2)], &context).is_none());
}

#[test]
fn two_automatic_frames_open_the_day_within_the_window_only() {
    assert!(automatic_after(10, 2) && !automatic_after(11, 2));
    assert!(automatic_after(60, 20) && !automatic_after(61, 20));
}

#[test]
fn attendance_counts_from_the_first_of_the_agreeing_frames() {
    let stray = seen_automatically("CAM-01", at("08:00:00"), 2);
    let pair = ["09:00:00", "09:00:02"].map(|clock| seen_automatically("CAM-01", at(clock), 2));
    let log = recompute(&[[stray].as_slice(), &pair].concat(), &DayContext::default()).unwrap();
    assert_eq!(log.check_in, at("09:00:00"));
}

#[test]
fn frames_of_different_cameras_do_not_agree() {
    let frames =
        [seen_automatically("CAM-01", at("09:00:00"), 2), seen_automatically("CAM-02", at("09:00:02"), 2)];
    assert!(recompute(&frames, &DayContext::default()).is_none());
}

#[test]
fn two_faces_of_one_person_in_one_frame_do_not_agree_with_each_other() {
    let frame = seen_automatically("CAM-01", at("09:00:00"), 2);
    assert!(recompute(&[frame.clone(), frame], &DayContext::default()).is_none());
}

#[test]
fn a_setting_of_zero_frames_still_needs_one() {
    let rules = Rules { min_agreeing_frames_on_demand: 0, ..Rules::default() };
    let context = DayContext { rules, ..DayContext::default() };
    assert!(recompute(&[], &context).is_none());
    assert!(recompute(&[seen("CAM-01", at("09:00:00"))], &context).is_some());
    assert_eq!(started_at(&[], TimeDelta::seconds(10), 0), None);
}

//! What a detection is, and when an unknown face raises an alert.

use attendance::alerting::{dedup_key, is_due};
use attendance::classify::{Match, ProfileStatus};
use attendance::{DetectionStatus, classify};
use chrono::TimeDelta;
use proptest::prelude::*;

use crate::arbitrary::at;

fn matched(confidence: f64, profile: Option<ProfileStatus>) -> DetectionStatus {
    classify(Some(Match { confidence, profile }), 80.0)
}

#[test]
fn a_confident_match_of_an_active_profile_is_authorized() {
    assert_eq!(matched(80.0, Some(ProfileStatus::Active)), DetectionStatus::Authorized);
}

#[test]
fn a_confident_match_without_an_active_profile_is_a_visitor() {
    for profile in [Some(ProfileStatus::Pending), Some(ProfileStatus::Archived), None] {
        assert_eq!(matched(99.0, profile), DetectionStatus::Visitor);
    }
}

#[test]
fn no_match_and_a_match_below_the_threshold_are_unknown() {
    assert_eq!(classify(None, 0.0), DetectionStatus::Unknown);
    assert_eq!(matched(79.99, Some(ProfileStatus::Active)), DetectionStatus::Unknown);
    assert_eq!(matched(f64::NAN, Some(ProfileStatus::Active)), DetectionStatus::Unknown);
}

#[test]
fn an_unknown_face_raises_no_second_alert_within_the_cooldown() {
    let cooldown = TimeDelta::seconds(300);
    assert!(is_due(None, at("09:00:00"), cooldown));
    assert!(!is_due(Some(at("09:00:00")), at("09:04:59"), cooldown));
    assert!(is_due(Some(at("09:00:00")), at("09:05:00"), cooldown));
    assert!(!is_due(Some(at("09:05:00")), at("09:00:01"), cooldown), "an older frame processed late");
}

#[test]
fn without_a_cooldown_every_capture_may_raise_an_alert() {
    let none = TimeDelta::zero();
    assert!(is_due(Some(at("09:00:00")), at("09:00:00"), none));
    assert_ne!(dedup_key("CAM-01", at("09:00:00"), none), dedup_key("CAM-01", at("09:00:01"), none));
}

proptest! {
    #[test]
    fn faces_with_one_key_are_of_one_camera_and_less_than_a_cooldown_apart(
        seconds in 0_i64..4_000, later in 0_i64..4_000, cooldown in 1_i64..1_000,
    ) {
        let cooldown = TimeDelta::seconds(cooldown);
        let first = at("00:00:00") + TimeDelta::seconds(seconds);
        let second = first + TimeDelta::seconds(later);
        if dedup_key("CAM-01", first, cooldown) == dedup_key("CAM-01", second, cooldown) {
            prop_assert!(second - first < cooldown);
        }
        prop_assert_ne!(dedup_key("CAM-01", first, cooldown), dedup_key("CAM-02", first, cooldown));
    }
}

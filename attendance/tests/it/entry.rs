//! What people enter by hand wins over what cameras say.

use attendance::entry::OutBeforeIn;
use attendance::{DayContext, Entry, Sighting, Status, recompute};
use chrono_tz::Tz;
use proptest::prelude::*;

use crate::arbitrary::{a_day, at, date, plan, seen, seen_leaving, shift};

fn with(entry: Entry) -> DayContext {
    let shifts = plan(&[shift("office", "09:00", "17:00")], Tz::UTC).on(date("2025-11-03"));
    DayContext { entry, shifts, ..DayContext::default() }
}

fn a_working_day() -> [Sighting; 3] {
    [seen("CAM-01", at("09:30:00")), seen("CAM-02", at("12:00:00")), seen_leaving("CAM-09", at("17:00:00"))]
}

#[test]
fn a_check_in_by_hand_stays_and_makes_the_status() {
    let entry = Entry::new(Some(at("09:00:00")), None, None).unwrap();
    let log = recompute(&a_working_day(), &with(entry)).unwrap();
    assert_eq!((log.check_in, log.status), (at("09:00:00"), Status::Present));
    assert_eq!(log.camera_id, None);
}

#[test]
fn a_check_in_by_hand_gets_its_check_out_from_cameras() {
    let entry = Entry::new(Some(at("09:00:00")), None, None).unwrap();
    assert_eq!(recompute(&a_working_day(), &with(entry)).unwrap().check_out, Some(at("17:00:00")));
}

#[test]
fn a_check_in_by_hand_needs_no_sighting() {
    let entry = Entry::new(Some(at("09:06:00")), None, None).unwrap();
    assert_eq!(recompute(&[], &with(entry)).unwrap().status, Status::Late);
}

#[test]
fn a_check_in_by_hand_is_not_moved_by_an_earlier_sighting() {
    let entry = Entry::new(Some(at("10:00:00")), None, None).unwrap();
    let log = recompute(&[seen("CAM-01", at("09:00:00"))], &with(entry)).unwrap();
    assert_eq!((log.check_in, log.check_out), (at("10:00:00"), None));
}

#[test]
fn a_check_out_by_hand_is_not_moved_even_by_an_exit() {
    let entry = Entry::new(None, Some(at("16:00:00")), None).unwrap();
    assert_eq!(recompute(&a_working_day(), &with(entry)).unwrap().check_out, Some(at("16:00:00")));
}

#[test]
fn sightings_after_a_check_out_by_hand_open_no_day() {
    let entry = Entry::new(None, Some(at("08:00:00")), None).unwrap();
    assert_eq!(recompute(&a_working_day(), &with(entry)), None);
}

#[test]
fn a_status_by_hand_wins_over_the_shift() {
    let entry = Entry::new(None, None, Some(Status::Present)).unwrap();
    assert_eq!(recompute(&a_working_day(), &with(entry)).unwrap().status, Status::Present);
    assert_eq!(recompute(&a_working_day(), &with(Entry::NOTHING)).unwrap().status, Status::Late);
}

#[test]
fn a_check_out_before_the_check_in_is_refused() {
    assert_eq!(Entry::new(Some(at("09:00:00")), Some(at("08:59:59")), None), Err(OutBeforeIn));
    let json = r#"{"check_in":"2025-11-03T09:00:00Z","check_out":"2025-11-03T08:00:00Z","status":null}"#;
    assert!(serde_json::from_str::<Entry>(json).is_err());
}

proptest! {
    #[test]
    fn cameras_change_nothing_of_what_was_entered_and_never_put_the_check_out_first(
        (context, sightings) in a_day(), came in any::<Option<u8>>(), stayed in any::<Option<u8>>(),
    ) {
        let hour = |count: u8| chrono::TimeDelta::minutes(5 * i64::from(count));
        let check_in = came.map(|came| at("00:00:00") + hour(came));
        let check_out = stayed.map(|stayed| check_in.unwrap_or(at("00:00:00")) + hour(stayed));
        let entry = Entry::new(check_in, check_out, None).unwrap();
        if let Some(log) = recompute(&sightings, &DayContext { entry, ..context }) {
            prop_assert_eq!(check_in.unwrap_or(log.check_in), log.check_in);
            prop_assert_eq!(check_out.or(log.check_out), log.check_out);
            prop_assert!(log.check_out.is_none_or(|left| log.check_in <= left));
        }
    }
}

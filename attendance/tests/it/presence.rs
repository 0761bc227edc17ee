//! Who is on site now.

use attendance::presence::{Whereabouts, is_expired, observe};
use attendance::{Direction, Presence, Sighting};
use chrono::TimeDelta;
use proptest::prelude::*;

use crate::arbitrary::{at, seen, seen_leaving, sightings};

fn after(sightings: &[Sighting]) -> Option<Presence> {
    let step = |known: Option<Presence>, next| observe(known.as_ref(), next).or(known);
    sightings.iter().fold(None, step)
}

#[test]
fn an_entry_or_an_inner_camera_puts_somebody_on_site_and_an_exit_off_site() {
    let entered = Sighting { direction: Direction::Entry, ..seen("CAM-01", at("09:00:00")) };
    assert_eq!(after(std::slice::from_ref(&entered)).unwrap().whereabouts, Whereabouts::OnSite);
    let left = seen_leaving("CAM-09", at("17:00:00"));
    assert_eq!(after(&[entered, left.clone()]).unwrap().whereabouts, Whereabouts::OffSite);
    let back = seen("CAM-02", at("17:10:00"));
    assert_eq!(after(&[left, back]).unwrap().whereabouts, Whereabouts::OnSite);
}

#[test]
fn somebody_not_seen_for_the_time_out_is_gone() {
    let here = after(&[seen("CAM-01", at("09:00:00"))]).unwrap();
    let hour = TimeDelta::minutes(60);
    assert!(!is_expired(&here, at("09:59:59"), hour));
    assert!(is_expired(&here, at("10:00:00"), hour));
}

#[test]
fn somebody_who_works_remotely_is_not_gone_for_not_being_seen() {
    let remote = Presence { whereabouts: Whereabouts::Remote, at: at("09:00:00"), camera_id: None };
    assert!(!is_expired(&remote, at("23:00:00"), TimeDelta::minutes(60)));
    assert_eq!(
        observe(Some(&remote), &seen("CAM-01", at("10:00:00"))).unwrap().whereabouts,
        Whereabouts::OnSite
    );
}

proptest! {
    #[test]
    fn presence_is_that_of_the_newest_sighting_in_whatever_order_they_come(
        day in sightings(at("05:00:00"), 20).prop_shuffle(),
    ) {
        let newest = day.iter().max_by_key(|sighting| (sighting.at, &sighting.camera_id));
        let presence = after(&day);
        prop_assert_eq!(presence.as_ref().map(|found| found.at), newest.map(|found| found.at));
        let leaving = newest.is_some_and(|found| found.direction == Direction::Exit);
        prop_assert_eq!(presence.is_some_and(|found| found.whereabouts == Whereabouts::OffSite), leaving);
    }
}

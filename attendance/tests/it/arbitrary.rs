//! Random zones, shift plans and days full of sightings, and short ways to write a case down.

use attendance::{DayContext, Direction, Plan, Rules, Shift, Sighting, Trigger, Weekdays};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Zones whose nights are odd, and in each a day with such a night.
pub const ODD_NIGHTS: [(Tz, &str); 12] = [
    (Tz::Europe__Berlin, "2025-03-30"),
    (Tz::Europe__Berlin, "2025-10-26"),
    (Tz::America__New_York, "2025-03-09"),
    (Tz::America__New_York, "2025-11-02"),
    (Tz::Australia__Lord_Howe, "2025-04-06"),
    (Tz::Australia__Lord_Howe, "2025-10-05"),
    (Tz::Africa__Casablanca, "2025-02-23"),
    (Tz::Africa__Casablanca, "2025-04-06"),
    (Tz::Asia__Beirut, "2025-03-30"),
    (Tz::America__Sao_Paulo, "2018-02-18"),
    (Tz::Asia__Kathmandu, "2025-06-01"),
    (Tz::UTC, "2025-06-01"),
];

pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap()
}

pub fn utc(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap().and_utc()
}

/// An instant of Monday, 3 November 2025, in UTC.
pub fn at(clock: &str) -> DateTime<Utc> {
    utc(&format!("2025-11-03 {clock}"))
}

pub fn shift(id: &str, start: &str, end: &str) -> Shift {
    Shift {
        id: id.to_owned(),
        start: time(start),
        end: time(end),
        days: Weekdays::ALL,
        grace_minutes: 5,
        department: None,
    }
}

pub fn plan(shifts: &[Shift], zone: Tz) -> Plan {
    Plan::of(None, shifts, zone)
}

/// Somebody seen inside, because somebody asked for a frame.
pub fn seen(camera: &str, at: DateTime<Utc>) -> Sighting {
    Sighting {
        at,
        camera_id: camera.to_owned(),
        direction: Direction::Both,
        interval_seconds: None,
        trigger: Trigger::OnDemand,
    }
}

pub fn seen_leaving(camera: &str, at: DateTime<Utc>) -> Sighting {
    Sighting { direction: Direction::Exit, ..seen(camera, at) }
}

pub fn seen_automatically(camera: &str, at: DateTime<Utc>, interval_seconds: u32) -> Sighting {
    Sighting { trigger: Trigger::Automatic, interval_seconds: Some(interval_seconds), ..seen(camera, at) }
}

pub fn odd_night() -> impl Strategy<Value = (Tz, NaiveDate)> {
    select(ODD_NIGHTS.to_vec()).prop_map(|(zone, day)| (zone, date(day)))
}

pub fn rules() -> impl Strategy<Value = Rules> {
    (0_u32..180, 0_u32..30, 1_u32..3, 1_u32..4).prop_map(|(cooldown, stay, on_demand, automatic)| Rules {
        cooldown_seconds: cooldown,
        min_stay_minutes: stay,
        min_agreeing_frames_on_demand: on_demand,
        min_agreeing_frames_automatic: automatic,
        presence_timeout_minutes: 60,
    })
}

pub fn shifts() -> impl Strategy<Value = Vec<Shift>> {
    let one =
        (0_u32..96, 0_u32..96, vec(1_i32..=7, 1..7), 0_u32..30).prop_map(|(start, end, days, grace)| {
            let quarter = |count: u32| NaiveTime::from_hms_opt(count / 4, count % 4 * 15, 0).unwrap();
            Shift {
                id: format!("{start}-{end}"),
                start: quarter(start),
                end: quarter(end),
                days: Weekdays::try_from(days).unwrap(),
                grace_minutes: grace,
                department: None,
            }
        });
    vec(one, 0..4)
}

/// Sightings after `from`, in their order: bursts of frames, visits minutes apart, and hours of absence.
pub fn sightings(from: DateTime<Utc>, most: usize) -> impl Strategy<Value = Vec<Sighting>> {
    let gap = prop_oneof![0_i64..6_000, 0_i64..180_000, 0_i64..14_400_000];
    vec((gap, 0_usize..4, any::<bool>()), 0..most).prop_map(move |steps| {
        let mut at = from;
        let mut sighting = |(gap, camera, automatic): (i64, usize, bool)| {
            at += TimeDelta::milliseconds(gap);
            let trigger = if automatic { Trigger::Automatic } else { Trigger::OnDemand };
            Sighting { trigger, ..at_camera(camera, at) }
        };
        let mut sightings: Vec<_> = steps.into_iter().map(&mut sighting).collect();
        sightings.sort_by(|one, other| one.key().cmp(&other.key()));
        sightings
    })
}

fn at_camera(number: usize, at: DateTime<Utc>) -> Sighting {
    let directions = [Direction::Entry, Direction::Exit, Direction::Both, Direction::Both];
    let intervals = [Some(2), None, Some(1), Some(20)];
    Sighting {
        direction: directions[number],
        interval_seconds: intervals[number],
        ..seen(&format!("CAM-{number:02}"), at)
    }
}

/// A day's rules, and its sightings in their order.
pub fn a_day() -> impl Strategy<Value = (DayContext, Vec<Sighting>)> {
    let day = date("2025-11-03");
    let context = (rules(), shifts()).prop_map(move |(rules, shifts)| DayContext {
        rules,
        shifts: plan(&shifts, Tz::UTC).on(day),
        ..DayContext::default()
    });
    (context, sightings(at("05:00:00"), 40))
}

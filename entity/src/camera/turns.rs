//! Whose turn it is to take a frame by itself: a rule without memory, so that any worker comes to the same answer.

use chrono::{DateTime, Utc};

/// Whether it is the camera's turn between two samplings (after the first, up to and with the second).
///
/// Turns lie one interval apart from the epoch on, shifted by a share that the id decides, so that a thousand cameras of one
/// interval spread evenly over it; nothing needs to be remembered, and a late sampling misses no turn.
#[must_use]
pub fn is_due(camera_id: &str, interval_seconds: i32, after: DateTime<Utc>, until: DateTime<Utc>) -> bool {
    let interval = i64::from(interval_seconds.max(1));
    let shift = spread(camera_id) % interval;
    let turn = |time: DateTime<Utc>| (time.timestamp() + shift).div_euclid(interval);
    turn(until) > turn(after)
}

/// A number from 0 to 2³²−1 that looks random and is the same in every process (FNV-1a, 32 bits).
fn spread(text: &str) -> i64 {
    let hash =
        text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    i64::from(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap_or_default()
    }

    #[test]
    fn a_camera_is_due_once_per_interval_however_often_it_is_sampled() {
        let due = (0..600).filter(|second| is_due("CAM-07", 20, at(*second), at(second + 1))).count();
        assert_eq!(due, 30);
    }

    #[test]
    fn a_late_sampling_misses_no_turn_and_doubles_none() {
        assert!(is_due("CAM-07", 20, at(1_000), at(1_090)));
        assert!(!is_due("CAM-07", 20, at(1_090), at(1_090)));
    }

    #[test]
    fn cameras_of_one_interval_take_turns() {
        let ids: Vec<String> = (1..=1000).map(|number| format!("CAM-{number:02}")).collect();
        for second in 0..10 {
            let due = ids.iter().filter(|id| is_due(id, 10, at(second), at(second + 1))).count();
            assert!((50..=150).contains(&due), "{due} of 1000 cameras in second {second}");
        }
    }
}

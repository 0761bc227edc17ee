//! Alerts for unknown faces: at most one a camera within the cooldown.
//!
//! Two checks work together. [`is_due`] compares with the camera's last alert, which is exact when one
//! worker looks at a time; the unique [`dedup_key`] makes the database refuse the second of two workers
//! that looked in the same moment.

use chrono::{DateTime, TimeDelta, Utc};

/// Whether an unknown face captured at `at` raises an alert after the one for a face at `last`.
///
/// The cooldown counts in both directions, so that a frame that was processed late raises none either.
#[must_use]
pub fn is_due(last: Option<DateTime<Utc>>, at: DateTime<Utc>, cooldown: TimeDelta) -> bool {
    last.is_none_or(|last| (at - last).abs() >= cooldown)
}

/// The key that at most one open alert may have: the camera and the stretch of time, one cooldown long,
/// that `at` falls into. Without a cooldown every capture has its own.
#[must_use]
pub fn dedup_key(camera_id: &str, at: DateTime<Utc>, cooldown: TimeDelta) -> String {
    let length = cooldown.num_microseconds().unwrap_or(i64::MAX).max(1);
    let stretch = at.timestamp_micros().div_euclid(length);
    format!("unknown-face:{camera_id}:{stretch}")
}

//! The cooldown per person and camera, which keeps a face that stays in view from rewriting the log with
//! every frame.
//!
//! A log that has stood unchanged for a whole cooldown takes the next sighting all the same: counted from
//! the last detection alone, somebody who sits in view of a camera would never get a check-out.

use chrono::{DateTime, TimeDelta, Utc};

/// Whether a sighting at `at` must leave the log as it is.
///
/// `previous` is the person's last detection at the same camera, `last_change` the latest time in the log.
#[must_use]
pub fn applies(
    at: DateTime<Utc>,
    previous: Option<DateTime<Utc>>,
    last_change: DateTime<Utc>,
    cooldown: TimeDelta,
) -> bool {
    let seen_just_now = previous.is_some_and(|previous| at - previous < cooldown);
    seen_just_now && at - last_change < cooldown
}

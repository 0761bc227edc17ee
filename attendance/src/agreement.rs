//! Agreeing frames: one frame may be mistaken about a face, several of the same camera rarely are.
//!
//! Attendance starts with the first of the frames that agree, since the later ones confirm it.

use chrono::{DateTime, TimeDelta, Utc};

/// The shortest window, for cameras with a short interval or with none.
const SHORTEST: TimeDelta = TimeDelta::seconds(10);
/// A window spans this many intervals, so that one missed frame does not break an agreement.
const INTERVALS: i32 = 3;

/// How far apart frames of a camera with this interval may be and still agree.
#[must_use]
pub fn window(interval_seconds: Option<u32>) -> TimeDelta {
    let interval = TimeDelta::seconds(interval_seconds.unwrap_or(0).into());
    SHORTEST.max(interval * INTERVALS)
}

/// The first of the frames that agree with the newest one, if they are at least `needed`.
///
/// `frames` are one person's at one camera, oldest first. Frames captured at the same instant count once.
#[must_use]
pub fn started_at(frames: &[DateTime<Utc>], window: TimeDelta, needed: usize) -> Option<DateTime<Utc>> {
    let newest = *frames.last()?;
    let mut agreeing: Vec<_> = frames.iter().filter(|at| newest - **at <= window).copied().collect();
    agreeing.dedup();
    if agreeing.len() >= needed { agreeing.first().copied() } else { None }
}

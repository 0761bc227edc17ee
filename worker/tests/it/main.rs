//! Workers as they run: real queue, database, storage and FFmpeg; only the recogniser is a stand-in that answers what a test says.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod attendance;
mod cameras;
mod failures;
mod frames;
mod schedule;
mod stage;
mod upkeep;

//! Workers as they run: real queue, database, storage and FFmpeg; only the recogniser is a stand-in that answers what a test says.
#![expect(clippy::disallowed_methods, reason = "nobody drops a test while it begins a transaction")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod attendance;
mod attendance_days;
mod cameras;
mod exports;
mod failures;
mod frames;
mod health;
mod mails;
mod odoo;
mod schedule;
mod stage;
mod upkeep;

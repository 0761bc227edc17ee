//! The provider as its callers see it: real models, real portraits, real HTTP, and where it matters the real process.
#![expect(clippy::unwrap_used, reason = "tests")]

mod cache;
mod enrolment;
mod limits;
mod models;
mod operation;
mod pictures;
mod process;
mod recognition;
mod server;
mod survival;
mod verification;

//! The client against the stand-in, over real HTTP, in each version and protocol.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod attendances;
mod errors;
mod faults;
mod people;
mod rules;
mod signing_in;
mod support;

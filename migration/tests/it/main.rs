//! Tests of the migrations and seeds on real databases, each test with one of its own.
#![expect(clippy::unwrap_used, reason = "a test ends at the first thing that is not as it should be")]
#![expect(clippy::disallowed_methods, reason = "nobody drops a test while it begins a transaction")]

mod direction;
mod enums;
mod fill;
mod models;
mod program;
mod row_times;
mod seeds;
mod views;

//! The rules of attendance on real databases, each test with one of its own.
#![expect(clippy::unwrap_used, reason = "a test ends at the first thing that is not as it should be")]
#![expect(clippy::disallowed_methods, reason = "nobody drops a test while it begins a transaction")]

mod book;
mod closing;
mod entries;
mod marks;
mod presence;
mod recomputation;
mod same_log;

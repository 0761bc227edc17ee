//! Schedulers on a real PostgreSQL and a real Redis.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![expect(clippy::disallowed_methods, reason = "nobody drops a test while it begins a transaction")]

mod catalogue;
mod outages;
mod process;
mod replicas;
mod reports;
mod setting;
mod signals;
mod sweeping;
mod ticking;
mod unique;

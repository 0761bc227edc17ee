//! Integration tests of the platform, against real servers.
#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(clippy::disallowed_methods, reason = "nobody drops a test while it begins a transaction")]

mod database;
mod redis_shapes;
mod storage;

//! Integration tests of the platform, against real servers.
#![expect(clippy::unwrap_used, reason = "tests")]

mod database;
mod redis_shapes;
mod storage;

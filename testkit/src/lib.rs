//! Real servers for tests: a database, a Redis key space, a bucket, a camera and a recogniser, private to
//! each test.
//!
//! Nothing here is a mock. What is shared between tests (one PostgreSQL, one Redis) is divided by names that
//! no other test has, so tests run in parallel; what a test breaks on purpose, it starts for itself.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

pub mod bucket;
pub mod camera;
pub mod clock;
pub mod database;
mod http;
pub mod instance;
pub mod keyspace;
pub mod port;
pub mod process;
pub mod provider;
pub mod proxy;
pub mod redis_servers;
mod servers;
mod simulator;
mod template;
pub mod waiting;
pub mod websocket;

pub use bucket::{Bucket, bucket};
pub use database::{ADMIN_PASSWORD, Database, database, empty_database, seeded_database};
pub use instance::Instance;
pub use keyspace::{Keyspace, redis};
pub use port::free_port;
pub use waiting::eventually;

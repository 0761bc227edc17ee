//! What the end-to-end tests stand on: the real binaries around a database, key space and bucket of one test's own, and a
//! client that uses the API as the frontend does. The tests are in `tests/it/`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

pub mod cameras;
pub mod client;
pub mod collector;
pub mod effects;
pub mod employees;
pub mod load;
pub mod mark;
pub mod program;
pub mod recogniser;
pub mod servers;
pub mod stage;

pub use client::Client;
pub use program::Program;
pub use stage::Stage;

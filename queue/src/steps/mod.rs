//! The state machine taken one script at a time, for tests that must decide what happens between two of them: random walks
//! against a simple model, and everything that only time brings about. Redis is a real one with a clock that the test moves.
#![expect(clippy::unwrap_used, reason = "tests")]

mod ages;
mod audit;
mod bounds;
mod hands;
mod job;
mod model;
mod walk;

// The servers of the integration tests.
#[path = "../../tests/it/support/clock.rs"]
mod clock;
#[expect(dead_code, reason = "the integration tests need more of it")]
#[path = "../../tests/it/support/redis_server.rs"]
mod redis_server;

//! The API against real PostgreSQL, Redis and object storage, over real HTTP and WebSocket connections. Each test
//! starts an API of its own on a port of its own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod audit;
mod auth;
mod caching;
mod cors;
mod description;
mod failures;
mod health;
mod permissions;
mod rate_limit;
mod support;
mod ws;

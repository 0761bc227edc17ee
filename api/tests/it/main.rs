//! The API against real PostgreSQL, Redis and object storage, over real HTTP and WebSocket connections. Each test
//! starts an API of its own on a port of its own.
#![expect(clippy::disallowed_methods, reason = "nobody drops a test while it begins a transaction")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod attendance;
mod attendance_entries;
mod attendance_figures;
mod attendance_marks;
mod attendance_of_people;
mod attendance_totals;
mod attendance_while_logs_change;
mod audit;
mod auth;
mod bad_input;
mod caching;
mod camera_import;
mod camera_list;
mod camera_streams;
mod cameras;
mod cors;
mod description;
mod detections;
mod durability;
mod exports;
mod failures;
mod health;
mod idempotency;
mod odoo;
mod operations;
mod outages;
mod permissions;
mod provider;
mod rate_limit;
mod running_jobs;
mod shifts;
mod support;
mod times;
mod ws;

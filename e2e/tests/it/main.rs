//! The real binaries together: what a user sees of a frame, and what an installation survives without losing or doubling a
//! job. Each test has an installation of its own; those that stop a server start one for themselves.
#![expect(clippy::unwrap_used, reason = "a test ends at the first thing that is not as it should be")]

mod bad_cameras;
mod bad_providers;
mod faults;
mod forgotten_queue;
mod frame;
mod lost_worker;
mod metrics;
mod month;
mod odoo;
mod odoo_schedule;
mod odoo_zones;
mod postgres_restart;
mod redis_outage;
mod redis_shapes;
mod schedulers;
mod secrets;
mod sharing;
mod traces;

//! Tests of the scoped queries on real databases, each test with one of its own.
#![expect(clippy::unwrap_used, reason = "a test ends at the first thing that is not as it should be")]
#![expect(clippy::disallowed_methods, reason = "nobody drops a test while it begins a transaction")]

mod alerts;
mod attendance;
mod attendance_days;
mod attendance_lists;
mod attendance_reports;
mod attendance_site;
mod attendance_statistics;
mod audit;
mod cameras;
mod detections;
mod effects;
mod idempotency_keys;
mod logins;
mod looks;
mod odoo_syncs;
mod outbox;
mod provider;
mod race;
mod retention;
mod scans;
mod schedules;
mod sessions;
mod transactions;
mod users;

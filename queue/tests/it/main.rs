//! Integration tests of the queue, against a real Redis: each test proves one sentence of the job contract.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod cancelling;
mod cluster;
mod enqueueing;
mod faults;
mod leases;
mod limits;
mod listing;
mod order;
mod outcomes;
mod semantics;
mod sentinel;
mod support;
mod tls;
mod workers;

//! What other crates' tests rely on: that private things are private, and stand-ins behave as told.
#![expect(clippy::unwrap_used, reason = "tests")]

mod cameras;
mod databases;
mod provider;
mod proxy;
mod servers;

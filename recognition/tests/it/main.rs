//! Providers over real HTTP: those that keep their contract, and all the others.

#![expect(clippy::unwrap_used, reason = "tests")]

mod answers;
mod checkups;
mod circuit;
mod configuration;
mod failures;
mod provider;
mod requests;

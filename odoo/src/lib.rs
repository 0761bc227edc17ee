//! Odoo as Rollcall needs it: signing in, finding employees, and reading and writing `hr.attendance`. Two protocols stand behind
//! one trait, and the server itself says which it is ([`Gateway::connect`]); [`stand_in`] is a server for tests and the demo that
//! answers as real ones do.
//!
//! What is relied on was observed on community servers of the versions 16 to 19, or is named where it is used.

mod attendance;
mod call;
mod client;
mod error;
mod gateway;
mod json2;
mod jsonrpc;
mod matching;
mod moment;
mod people;
pub mod stand_in;
mod version;
mod wire;

pub use attendance::{NewRecord, Record, Times};
pub use client::{Client, Operation};
pub use error::OdooError;
pub use gateway::{Connection, Gateway, Limits};
pub use matching::{Match, MatchField, Person};
pub use version::Version;

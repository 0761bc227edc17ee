//! The rules that turn sightings of people into attendance: which day, which shift, in, out, late or missed.
//!
//! Everything here is a pure function of its arguments. Nothing reads a clock, a database or a setting, so
//! that a worker that sees one frame and a recomputation of a whole month come to the same answer.

pub mod agreement;
pub mod alerting;
pub mod classify;
pub mod close;
pub mod cooldown;
pub mod day;
pub mod edit;
pub mod entry;
pub mod fold;
pub mod history;
pub mod log;
pub mod odoo;
pub mod plan;
pub mod presence;
pub mod rules;
pub mod shift;
pub mod sighting;
pub mod status;

pub use classify::{DetectionStatus, classify};
pub use entry::Entry;
pub use fold::{Change, DayContext, apply, recompute};
pub use log::Log;
pub use plan::Plan;
pub use presence::Presence;
pub use rules::Rules;
pub use shift::{Occurrence, Shift, Weekdays};
pub use sighting::{Direction, Sighting, Trigger};
pub use status::Status;

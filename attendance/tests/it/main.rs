//! The rules of attendance, as tables of cases and as properties over random days.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod agreement;
mod arbitrary;
mod cooldown;
mod day;
mod detections;
mod edit;
mod entry;
mod fold;
mod history;
mod odoo;
mod plan;
mod presence;
mod shift;
mod the_close;

//! The sync with Odoo against the stand-in, over real HTTP.

mod closing;
mod conflicts;
mod faults;
mod jobs_end;
mod people;
mod random;
mod records;
mod speed;
mod stage;

//! The book of who was there when: the pure rules of the `attendance` crate, applied to the database. Workers fold sightings in,
//! people enter, edit and delete, the close of a day ends it, and a recomputation starts from the detections; all of them judge by
//! this code, and all hold the person while they do (`entity::attendance_log::lock_people`), so that none loses another's change.

mod close;
mod columns;
mod days;
mod decide;
mod edit;
mod evidence;
mod fold;
mod inscribe;
mod mark;
mod person;
mod presence;
mod recompute;
mod save;
mod site;
mod stored;

pub use close::{Closed, close_days};
pub use columns::time_of_day;
pub use edit::{Edited, Edits, EntryError, Field, delete, edit, enter};
pub use fold::fold;
pub use mark::{Arrival, Marked, mark};
pub use person::Person;
pub use recompute::{Changed, RecomputeError, Recomputed, can_recompute, recompute};
pub use site::{Site, SiteError};
pub use stored::log_of;

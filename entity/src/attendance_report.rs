//! Reports on attendance: one day, one month by person, and any days by department. Each is one statement that yields the records in
//! order and then one line that sums up all of them, so that both hold for the same moment; read it whole with [`Report::read`], or
//! line by line (`lines(…).stream(db)`) where it must not be held in memory.
//!
//! Rates are the percentage of logs that are not `missed`. Worked time is whole minutes of each log, from instant to
//! instant, and a sum of minutes is the sum of those; logs without a check-out add none. Mean times of day are what the
//! site's clocks showed, and those after the midnight that ended the log's day count as 24:00 and later.

pub mod daily;
pub mod department;
mod line;
pub mod monthly;
mod sums;

pub use line::{Line, Lines, Report};
pub use sums::Sums;

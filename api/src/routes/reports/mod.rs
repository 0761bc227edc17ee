//! `/reports`: attendance of a day, of a month and by department.

pub mod daily;
pub mod department;
pub mod generate;
pub mod monthly;
pub mod schedules;
mod sums;

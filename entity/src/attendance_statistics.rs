//! Attendance in numbers: logs counted by hour, day, camera or department, and a day at a glance. Each answer is one statement,
//! so that it holds for one moment; [`Days`] are for whoever asks again and again while logs change.

mod buckets;
mod days;
mod merged;
mod overview;
mod shown;

pub use buckets::{Bucket, Counts, Grouping, Statistics, statistics};
pub use days::Days;
pub use overview::{DepartmentDay, Departments, Overview, ShiftDay, Shifts, overview};

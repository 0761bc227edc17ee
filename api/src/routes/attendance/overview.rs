//! A day at a glance as clients see it.

use chrono::NaiveDate;
use entity::attendance_statistics::{self as counted, DepartmentDay, ShiftDay};
use poem_openapi::Object;

use super::log::time_of_day;

/// One day of the site.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct AttendanceOverview {
    /// The day.
    date: NaiveDate,
    /// Active people for whom a shift begins on that day.
    expected: i64,
    /// People who came in time, expected or not.
    present: i64,
    /// People who came late.
    late: i64,
    /// People whom the day was closed without.
    missed: i64,
    /// People on site now; null for another day than today.
    on_site: Option<i64>,
    /// Percent of the expected people who came; 0 where nobody was expected.
    completion_percent: f64,
    /// Mean time of arrival, `HH:MM:SS` of the site; null where nobody came.
    average_time_in: Option<String>,
    /// Departments with somebody expected or a log, by name.
    by_department: Vec<DepartmentOverview>,
    /// The shifts that begin on that day, by start.
    shifts: Vec<ShiftOverview>,
}

impl AttendanceOverview {
    /// The overview of `date`.
    pub fn new(date: NaiveDate, is_today: bool, found: counted::Overview) -> Self {
        Self {
            date,
            completion_percent: found.completion_percent(),
            expected: found.expected,
            present: found.present,
            late: found.late,
            missed: found.missed,
            on_site: is_today.then_some(found.on_site),
            average_time_in: found.average_time_in.map(time_of_day),
            by_department: found.by_department.0.into_iter().map(Into::into).collect(),
            shifts: found.shifts.0.into_iter().map(Into::into).collect(),
        }
    }
}

/// One department's day.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct DepartmentOverview {
    /// Name; null for people without a department.
    department: Option<String>,
    /// Active people for whom a shift begins on that day.
    expected: i64,
    /// People who came in time, expected or not.
    present: i64,
    /// People who came late.
    late: i64,
    /// People whom the day was closed without.
    missed: i64,
    /// Percent of the expected people who came; 0 where nobody was expected.
    completion_percent: f64,
}

impl From<DepartmentDay> for DepartmentOverview {
    fn from(day: DepartmentDay) -> Self {
        Self {
            completion_percent: day.completion_percent(),
            department: day.department,
            expected: day.expected,
            present: day.present,
            late: day.late,
            missed: day.missed,
        }
    }
}

/// One shift's day. People whom several shifts are for are expected in each of them, and counted in the one that they came nearest to.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ShiftOverview {
    /// Id.
    id: String,
    /// Name.
    name: String,
    /// Begin, `HH:MM:SS` of the site.
    start_time: String,
    /// End; not after the begin means on the next day.
    end_time: String,
    /// Department that it is for; null for everybody.
    department: Option<String>,
    /// Active people whom it is for.
    expected: i64,
    /// People who came in time.
    present: i64,
    /// People who came late.
    late: i64,
    /// People whom the day was closed without.
    missed: i64,
    /// Mean time of arrival, `HH:MM:SS` of the site; null where nobody came.
    average_time_in: Option<String>,
}

impl From<ShiftDay> for ShiftOverview {
    fn from(shift: ShiftDay) -> Self {
        Self {
            id: shift.id,
            name: shift.name,
            start_time: time_of_day(shift.start_time),
            end_time: time_of_day(shift.end_time),
            department: shift.department,
            expected: shift.expected,
            present: shift.present,
            late: shift.late,
            missed: shift.missed,
            average_time_in: shift.average_time_in.map(time_of_day),
        }
    }
}

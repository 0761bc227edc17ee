//! The report on one day: everybody who has a log of it.

use sea_orm::FromQueryResult;
use sea_orm::entity::prelude::*;

use super::line::{Line, Lines};
use super::sums;
use crate::attendance_log::Status;
use crate::department::same;

/// Which day, and of whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// Day of the site; a night shift belongs to the one on which it began.
    pub date: Date,
    /// People who were of this department then.
    pub department: Option<String>,
}

/// One person's day.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Record {
    /// Id of the log.
    pub id: String,
    /// Person.
    pub employee_id: String,
    /// Name at that time.
    pub name: String,
    /// Department at that time.
    pub department: Option<String>,
    /// Whether they came, and in time.
    pub status: Status,
    /// First sighting, time of day of the site.
    pub time_in: Option<Time>,
    /// Last sighting that counts, time of day of the site.
    pub time_out: Option<Time>,
    /// Whole minutes from the first to the last; 0 while one is missing.
    pub worked_minutes: i64,
    /// Name of the camera of the first sighting.
    pub camera_name: Option<String>,
    /// Name of the shift it was judged by.
    pub shift: Option<String>,
    /// Free text.
    pub note: Option<String>,
}

const KEYS: &str = "id, employee_id, name, department, status, time_in, time_out, camera_name, shift, note";

/// The lines of the report, by department (people without one last) and name. `zone` is the site's IANA zone.
#[must_use]
pub fn lines(query: &Query, zone: &str) -> Lines<Record> {
    let (sums, asked) = (sums::of_logs("$3"), same("department", "$2"));
    let people = format!(
        "SELECT logs.id, employee_id, logs.name, department, status, time_in, time_out, camera_name,
                shifts.name AS shift, note, {sums}
         FROM attendance_logs AS logs LEFT JOIN shift_schedules AS shifts ON shifts.id = logs.shift_id
         WHERE date = $1 AND ($2::text IS NULL OR {asked})
         GROUP BY logs.id, shifts.name"
    );
    let values = vec![query.date.into(), query.department.clone().into(), zone.into()];
    Line::find_by_statement(sums::statement(&people, KEYS, "department, name, employee_id", values))
}

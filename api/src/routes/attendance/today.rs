//! People with their mark of today, as clients see them.

use entity::{
    attendance_log::Status,
    attendance_today::{Mark, Person},
};
use poem_openapi::{Enum, Object};

use super::log::time_of_day;

/// What is known of a person's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum TodayStatus {
    /// Came in time.
    Present,
    /// Came late.
    Late,
    /// The day was closed without them.
    Missed,
    /// Not marked so far.
    Absent,
}

impl From<TodayStatus> for Mark {
    fn from(status: TodayStatus) -> Self {
        match status {
            TodayStatus::Present => Self::Logged(Status::Present),
            TodayStatus::Late => Self::Logged(Status::Late),
            TodayStatus::Missed => Self::Logged(Status::Missed),
            TodayStatus::Absent => Self::Absent,
        }
    }
}

impl From<Option<Status>> for TodayStatus {
    fn from(status: Option<Status>) -> Self {
        match status {
            Some(Status::Present) => Self::Present,
            Some(Status::Late) => Self::Late,
            Some(Status::Missed) => Self::Missed,
            None => Self::Absent,
        }
    }
}

/// One enrolled person.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct PersonToday {
    /// Person.
    employee_id: String,
    /// Name.
    name: String,
    /// Department.
    department: Option<String>,
    /// What is known of their day.
    status: TodayStatus,
    /// Whether they came: in time or late.
    marked: bool,
    /// Id of the day's log.
    log_id: Option<String>,
    /// First sighting, `HH:MM:SS` of the site.
    time_in: Option<String>,
    /// Last sighting that counts, `HH:MM:SS` of the site.
    time_out: Option<String>,
    /// Camera of the first sighting.
    camera_id: Option<String>,
    /// Its name at that time.
    camera_name: Option<String>,
}

impl From<Person> for PersonToday {
    fn from(person: Person) -> Self {
        Self {
            employee_id: person.employee_id,
            name: person.name,
            department: person.department,
            status: person.status.into(),
            marked: matches!(person.status, Some(Status::Present | Status::Late)),
            log_id: person.log_id,
            time_in: person.time_in.map(time_of_day),
            time_out: person.time_out.map(time_of_day),
            camera_id: person.camera_id,
            camera_name: person.camera_name,
        }
    }
}

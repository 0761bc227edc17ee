//! The report on one month: everybody who has a log in it or is enrolled now.

use sea_orm::FromQueryResult;
use sea_orm::entity::prelude::*;

use super::line::{Line, Lines};
use super::sums;
use crate::department::same;

/// Which days, and of whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// First day of the month.
    pub first: Date,
    /// Last day of the month.
    pub last: Date,
    /// Days that people were of this department, and people who are in it now.
    pub department: Option<String>,
}

impl Query {
    /// A month of a year, 1 to 12; `None` where there is no such month.
    #[must_use]
    pub fn of(year: i32, month: u32, department: Option<String>) -> Option<Self> {
        let first = Date::from_ymd_opt(year, month, 1)?;
        let last = first.checked_add_months(chrono::Months::new(1))?.pred_opt()?;
        Some(Self { first, last, department })
    }
}

/// One person's month. `people` of its figures is 1.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Record {
    /// Person.
    pub employee_id: String,
    /// Name as enrolled, or else at the last log.
    pub name: String,
    /// Department as enrolled, or else at the last log.
    pub department: Option<String>,
    /// Their days.
    #[sea_orm(nested)]
    pub sums: super::Sums,
}

/// The lines of the report, by department (people without one last) and name. `zone` is the site's IANA zone.
#[must_use]
pub fn lines(query: &Query, zone: &str) -> Lines<Record> {
    let sums = sums::of_logs("$4");
    let (asked, asked_then) = (same("department", "$3"), same("log.department", "$3"));
    // Of the 10,000 whom a month has, few are not enrolled any more: only their last logs are looked up for a name.
    let people = format!(
        "SELECT employee_id, coalesce(person.name, last.name) AS name,
                CASE WHEN person.id IS NULL THEN last.department ELSE person.department END AS department,
                present, late, missed, coalesce(total, 0) AS total, worked_minutes, came, arrivals, left_at, departures
         FROM (SELECT employee_id, {sums} FROM attendance_logs
               WHERE date BETWEEN $1 AND $2 AND ($3::text IS NULL OR {asked})
               GROUP BY employee_id) AS logs
         FULL JOIN (SELECT id, employee_id, name, department FROM face_profiles
                    WHERE status = 'active' AND ($3::text IS NULL OR {asked})) AS person USING (employee_id)
         LEFT JOIN LATERAL (SELECT log.name, log.department FROM attendance_logs AS log
                            WHERE person.id IS NULL AND log.employee_id = logs.employee_id AND log.date BETWEEN $1 AND $2
                              AND ($3::text IS NULL OR {asked_then})
                            ORDER BY log.date DESC LIMIT 1) AS last ON true"
    );
    let Query { first, last, department } = query.clone();
    let values = vec![first.into(), last.into(), department.into(), zone.into()];
    let keys = "employee_id, name, department";
    Line::find_by_statement(sums::statement(&people, keys, "department, name, employee_id", values))
}

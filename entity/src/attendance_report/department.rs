//! The report by department: every department that has a log in a stretch of days.

use sea_orm::FromQueryResult;
use sea_orm::entity::prelude::*;

use super::line::{Line, Lines};
use super::sums;
use crate::department::same;

/// Which days, and which department.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// Only this one.
    pub department: Option<String>,
}

/// One department. Days count for the department of which a person was then; who changed it counts in both, and once in the summary.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Record {
    /// Name; nothing for people without a department.
    pub department: Option<String>,
    /// Its people's days.
    #[sea_orm(nested)]
    pub sums: super::Sums,
}

/// The lines of the report, by name, people without a department last. `zone` is the site's IANA zone.
#[must_use]
pub fn lines(query: &Query, zone: &str) -> Lines<Record> {
    let (sums, asked) = (sums::of_logs("$4"), same("department", "$3"));
    let people = format!(
        "SELECT employee_id, department, {sums} FROM attendance_logs
         WHERE date BETWEEN $1 AND $2 AND ($3::text IS NULL OR {asked})
         GROUP BY employee_id, department"
    );
    let Query { first, last, department } = query.clone();
    let values = vec![first.into(), last.into(), department.into(), zone.into()];
    Line::find_by_statement(sums::statement(&people, "department", "department", values))
}

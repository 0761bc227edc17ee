//! One day at a glance: who was expected, who came, and when on average; by department and by shift.
//!
//! Expected are active people for whom there is a shift that begins on that weekday, as in `attendance::Plan::expects`: one of their
//! department, or one of everybody. Names of departments are equal without case.

use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, FromJsonQueryResult, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};

use crate::attendance_log::measures::{since_midnight, time_of_day};

/// A day of the site.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Overview {
    /// People who were to come.
    pub expected: i64,
    /// People who came in time, expected or not.
    pub present: i64,
    /// People who came late.
    pub late: i64,
    /// People whom the day was closed without.
    pub missed: i64,
    /// People among the expected who came.
    pub arrived: i64,
    /// People who are on site now, whatever the day.
    pub on_site: i64,
    /// Mean time of arrival on the site's clock; arrivals after the midnight that ends the day count as 24:00 and later.
    pub average_time_in: Option<Time>,
    /// By department.
    pub by_department: Departments,
    /// The shifts that begin on that day.
    pub shifts: Shifts,
}

impl Overview {
    /// Percent of the expected people who came; 0 where nobody was expected.
    #[must_use]
    pub fn completion_percent(&self) -> f64 {
        percent(self.arrived, self.expected)
    }
}

/// Departments with somebody expected or a log, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Departments(pub Vec<DepartmentDay>);

/// One department's day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DepartmentDay {
    /// Name; nothing for people without a department.
    pub department: Option<String>,
    /// People who were to come.
    pub expected: i64,
    /// People who came in time, expected or not.
    pub present: i64,
    /// People who came late.
    pub late: i64,
    /// People whom the day was closed without.
    pub missed: i64,
    /// People among the expected who came.
    pub arrived: i64,
}

impl DepartmentDay {
    /// Percent of the expected people who came; 0 where nobody was expected.
    #[must_use]
    pub fn completion_percent(&self) -> f64 {
        percent(self.arrived, self.expected)
    }
}

/// Shifts by start and id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Shifts(pub Vec<ShiftDay>);

/// One shift's day. People whom several shifts are for count as expected in each of them; a log counts in the one it was judged by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShiftDay {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Begin, time of day of the site.
    pub start_time: Time,
    /// End, time of day of the site; not after the begin means on the next day.
    pub end_time: Time,
    /// Name of the department that it is for; nothing for everybody.
    pub department: Option<String>,
    /// Active people whom it is for.
    pub expected: i64,
    /// People who came in time.
    pub present: i64,
    /// People who came late.
    pub late: i64,
    /// People whom the day was closed without.
    pub missed: i64,
    /// Mean time of arrival on the site's clock.
    pub average_time_in: Option<Time>,
}

fn percent(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}

/// The day `date` of a site whose clocks go by the IANA zone `zone`.
///
/// # Errors
/// The database is out of reach.
pub async fn overview(db: &impl ConnectionTrait, date: Date, zone: &str) -> Result<Overview, DbErr> {
    let values = [date.into(), zone.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql(), values);
    let row = Overview::find_by_statement(statement).one(db).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("the overview of a day".to_owned()))
}

/// `$1` is the day, `$2` the zone. `was_expected` is true of the logs of people who were to come.
fn sql() -> String {
    let (arrived_at, average) =
        (since_midnight("time_in", "check_in_at", "$2"), time_of_day("avg(arrived_at)"));
    format!(
        r#"
WITH plan AS (
    SELECT shifts.id, shifts.name, shifts.start_time, shifts.end_time, departments.name AS department,
           lower(departments.name COLLATE "und-x-icu") AS folded
    FROM shift_schedules AS shifts LEFT JOIN departments ON departments.id = shifts.department_id
    WHERE date_part('isodow', $1::date)::integer = ANY (shifts.days)
), staff AS (
    SELECT coalesce(department, '') AS department, lower(department COLLATE "und-x-icu") AS folded, count(*) AS people
    FROM face_profiles WHERE status = 'active' GROUP BY department
), expected AS (
    SELECT department, people FROM staff
    WHERE EXISTS (SELECT FROM plan WHERE plan.folded IS NULL OR plan.folded = staff.folded)
), logs AS MATERIALIZED (
    SELECT coalesce(log.department, '') AS department, log.status, log.shift_id, log.arrived_at,
           expected.people IS NOT NULL AS was_expected
    FROM (SELECT *, {arrived_at} AS arrived_at FROM attendance_logs WHERE date = $1) AS log
    LEFT JOIN face_profiles AS person ON person.employee_id = log.employee_id AND person.status = 'active'
    LEFT JOIN expected ON expected.department = CASE WHEN person.id IS NOT NULL THEN coalesce(person.department, '') END
)
SELECT coalesce((SELECT sum(people) FROM expected), 0)::bigint AS expected,
       {COUNTS},
       {ARRIVED},
       (SELECT count(*) FROM attendance_records WHERE status = 'on-site') AS on_site,
       {average} AS average_time_in,
       (SELECT coalesce(json_agg(of_department ORDER BY department NULLS LAST), '[]') FROM (
           SELECT nullif(department, '') AS department, coalesce(max(people), 0)::bigint AS expected,
                  coalesce(max(present), 0) AS present, coalesce(max(late), 0) AS late,
                  coalesce(max(missed), 0) AS missed, coalesce(max(arrived), 0) AS arrived
           FROM expected FULL JOIN (
               SELECT department, {COUNTS}, {ARRIVED} FROM logs GROUP BY department) AS counted USING (department)
           GROUP BY department) AS of_department) AS by_department,
       (SELECT coalesce(json_agg(of_shift ORDER BY start_time, id), '[]') FROM (
           SELECT plan.id, plan.name, plan.start_time, plan.end_time, plan.department,
                  (SELECT coalesce(sum(people), 0)::bigint FROM staff
                   WHERE plan.folded IS NULL OR plan.folded = staff.folded) AS expected,
                  counted.*
           FROM plan CROSS JOIN LATERAL (
               SELECT {COUNTS}, {average} AS average_time_in FROM logs WHERE logs.shift_id = plan.id) AS counted
       ) AS of_shift) AS shifts
FROM logs"#
    )
}

const COUNTS: &str =
    "count(*) FILTER (WHERE status = 'present') AS present, count(*) FILTER (WHERE status = 'late') AS late,
    count(*) FILTER (WHERE status = 'missed') AS missed";

const ARRIVED: &str = "count(*) FILTER (WHERE was_expected AND status <> 'missed') AS arrived";

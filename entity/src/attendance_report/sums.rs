//! The figures that every report gives, for a record as for all of them.

use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, Statement, Value};

use crate::attendance_log::measures::{WORKED_MINUTES, since_midnight, time_of_day};

/// Figures of some logs.
#[derive(Clone, Debug, Default, PartialEq, FromQueryResult)]
pub struct Sums {
    /// Different people.
    pub people: i64,
    /// Days on which they came in time.
    pub present: i64,
    /// Days on which they came late.
    pub late: i64,
    /// Days on which they did not come.
    pub missed: i64,
    /// All days.
    pub total: i64,
    /// Percent of the days on which they came; nothing where there is no day.
    pub rate: Option<f64>,
    /// Worked time in whole minutes.
    pub worked_minutes: i64,
    /// Mean time of arrival, time of day of the site.
    pub average_time_in: Option<Time>,
    /// Mean time of leaving.
    pub average_time_out: Option<Time>,
}

/// What is added up over the logs of a person; `zone` is SQL that yields the name of the site's zone. [`statement`] takes these columns.
pub(super) fn of_logs(zone: &str) -> String {
    let (came, left) =
        (since_midnight("time_in", "check_in_at", zone), since_midnight("time_out", "check_out_at", zone));
    format!(
        "count(*) FILTER (WHERE status = 'present') AS present, count(*) FILTER (WHERE status = 'late') AS late,
         count(*) FILTER (WHERE status = 'missed') AS missed, count(*) AS total,
         coalesce(sum({WORKED_MINUTES}), 0) AS worked_minutes,
         sum({came}) AS came, count(time_in) AS arrivals, sum({left}) AS left_at, count(time_out) AS departures"
    )
}

/// The lines of a report: a record for each group of `keys` among `people` (a query that yields `employee_id`, the keys, and
/// the columns of [`of_logs`]), and the summary last.
pub(super) fn statement(people: &str, keys: &str, order: &str, values: Vec<Value>) -> Statement {
    let rate = "100.0::double precision * (sum(present) + sum(late))::double precision / nullif(sum(total), 0)::double precision";
    let mean = |sum, count| time_of_day(&format!("sum({sum}) / nullif(sum({count}), 0)::double precision"));
    let (came, left) = (mean("came", "arrivals"), mean("left_at", "departures"));
    let sql = format!(
        "WITH people AS MATERIALIZED ({people})
         SELECT grouping({keys}) > 0 AS is_summary, {keys}, count(DISTINCT employee_id) AS people,
                coalesce(sum(present), 0)::bigint AS present, coalesce(sum(late), 0)::bigint AS late,
                coalesce(sum(missed), 0)::bigint AS missed, coalesce(sum(total), 0)::bigint AS total, {rate} AS rate,
                coalesce(sum(worked_minutes), 0)::bigint AS worked_minutes,
                {came} AS average_time_in, {left} AS average_time_out
         FROM people GROUP BY GROUPING SETS (({keys}), ())
         ORDER BY is_summary, {order}"
    );
    Statement::from_sql_and_values(sea_orm::DbBackend::Postgres, sql, values)
}

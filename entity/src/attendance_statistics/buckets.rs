//! Logs counted in buckets, and all of them together. Hours and days without a log are buckets too, as a chart wants them.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{DbBackend, FromQueryResult, QuerySelect, QueryTrait, Statement};

use super::shown;
use crate::attendance_log::{Column, Filter, filtered};

/// What a bucket stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grouping {
    /// An hour of the site's day in which people came: `00` to `23`.
    Hour,
    /// A day of the site: `2026-11-21`.
    Day,
    /// The camera of the first sighting, by its id.
    Camera,
    /// The department at that time, by its name.
    Department,
}

/// How many logs, and of how many people.
#[derive(Clone, Debug, Default, PartialEq, FromQueryResult)]
pub struct Counts {
    /// Logs of people who came in time.
    pub present: i64,
    /// Logs of people who came late.
    pub late: i64,
    /// Logs of people who did not come.
    pub missed: i64,
    /// All logs.
    pub total: i64,
    /// Different people among them.
    pub unique_people: i64,
    /// Mean confidence of the first sightings, 0 to 100; nothing where no log has one.
    pub average_accuracy: Option<f64>,
}

/// One bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct Bucket {
    /// What it stands for; empty for logs without a camera or a department.
    pub key: String,
    /// The same for people.
    pub label: String,
    /// What is in it.
    pub counts: Counts,
}

/// Buckets by key, and all logs together.
///
/// Logs without a time of arrival (`missed` ones above all) are in no hour, and only in `totals`. People of several
/// buckets count once in `totals`.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    /// All 24 hours; or every day from the filter's first (or the first with a log) to its last; or the cameras or departments
    /// that have a log.
    pub buckets: Vec<Bucket>,
    /// All logs.
    pub totals: Counts,
}

#[derive(FromQueryResult)]
struct Row {
    key: Option<String>,
    label: Option<String>,
    #[sea_orm(nested)]
    counts: Counts,
}

/// The logs that `filter` shows, counted.
///
/// # Errors
/// The database is out of reach.
pub async fn statistics(
    db: &impl ConnectionTrait,
    grouping: Grouping,
    filter: &Filter,
) -> Result<Statistics, DbErr> {
    let mut totals = Counts::default();
    let mut found = Vec::new();
    for row in Row::find_by_statement(statement(grouping, filter)).all(db).await? {
        match row.key {
            Some(key) => {
                found.push(Bucket {
                    label: shown::label(grouping, &key, row.label),
                    key,
                    counts: row.counts,
                });
            }
            None => totals = row.counts,
        }
    }
    found.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(Statistics { buckets: shown::with_empty(grouping, filter, found), totals })
}

/// Sums over `marks`; the key of the last row is null.
const COUNTS: &str = "coalesce(sum(present), 0)::bigint AS present, coalesce(sum(late), 0)::bigint AS late,
    coalesce(sum(missed), 0)::bigint AS missed, coalesce(sum(logs), 0)::bigint AS total,
    sum(accuracy) / nullif(sum(accurate), 0)::double precision AS average_accuracy";

fn statement(grouping: Grouping, filter: &Filter) -> Statement {
    let Statement { sql: marks, values, db_backend } = DbBackend::Postgres.build(&marks(grouping, filter));
    let (key, label) = match grouping {
        Grouping::Hour => ("to_char(key, 'FM00')", "NULL"),
        Grouping::Day => ("to_char(key, 'YYYY-MM-DD')", "NULL"),
        Grouping::Camera => ("key", "(SELECT name FROM cameras WHERE cameras.id = marks.key)"),
        Grouping::Department => ("key", "NULL"),
    };
    let sql = format!(
        "WITH marks AS MATERIALIZED ({marks})
         SELECT {key} AS key, {label} AS label, {COUNTS}, count(*) AS unique_people
         FROM marks WHERE key IS NOT NULL GROUP BY marks.key
         UNION ALL
         SELECT NULL, NULL, {COUNTS}, (SELECT count(*) FROM (SELECT DISTINCT employee_id FROM marks) AS people)
         FROM marks"
    );
    Statement { sql, values, db_backend }
}

/// A row for each person of each bucket: hashed twice, people need not be sorted to be told apart.
fn marks(grouping: Grouping, filter: &Filter) -> SelectStatement {
    let key = match grouping {
        Grouping::Hour => "date_part('hour', time_in)",
        Grouping::Day => "date",
        Grouping::Camera => "coalesce(camera_id, '')",
        Grouping::Department => "coalesce(department, '')",
    };
    let columns = [
        (key, "key"),
        ("count(*) FILTER (WHERE status = 'present')", "present"),
        ("count(*) FILTER (WHERE status = 'late')", "late"),
        ("count(*) FILTER (WHERE status = 'missed')", "missed"),
        ("count(*)", "logs"),
        ("sum(accuracy)", "accuracy"),
        ("count(accuracy)", "accurate"),
    ];
    let of_people = filtered(filter).select_only().column(Column::EmployeeId);
    let counted =
        columns.into_iter().fold(of_people, |select, (sql, name)| select.column_as(Expr::cust(sql), name));
    counted.group_by(Expr::cust("key")).group_by(Column::EmployeeId).into_query()
}

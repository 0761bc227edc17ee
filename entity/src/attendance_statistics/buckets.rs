//! Logs counted in buckets, and all of them together. Hours and days without a log are buckets too, as a chart wants them.

use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, FromQueryResult, QuerySelect, QueryTrait, Statement};

use super::shown;
use crate::attendance_log::{Column, Entity, Filter, filtered};

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

impl Grouping {
    /// SQL that yields what logs are grouped by.
    fn key(self) -> &'static str {
        match self {
            Self::Hour => "date_part('hour', time_in)",
            Self::Day => "date",
            Self::Camera => "coalesce(camera_id, '')",
            Self::Department => "coalesce(department, '')",
        }
    }

    /// SQL that yields the text of a bucket's `key`.
    pub(super) fn text_of_key(self) -> &'static str {
        match self {
            Self::Hour => "to_char(key, 'FM00')",
            Self::Day => "to_char(key, 'YYYY-MM-DD')",
            Self::Camera | Self::Department => "key",
        }
    }
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

/// Sums over `marks`.
const COUNTS: &str = "coalesce(sum(present), 0)::bigint AS present, coalesce(sum(late), 0)::bigint AS late,
    coalesce(sum(missed), 0)::bigint AS missed, coalesce(sum(logs), 0)::bigint AS total,
    sum(accuracy) / nullif(sum(accurate), 0)::double precision AS average_accuracy";

/// The buckets, and the totals in a row whose key is null.
///
/// People are told apart by hashing, first within a bucket and then over all, which sorts nothing. A day has one log of each
/// person: there, only the totals ask who they are.
fn statement(grouping: Grouping, filter: &Filter) -> Statement {
    let Statement { sql: logs, values, db_backend } =
        DbBackend::Postgres.build(&logs(grouping, filter).into_query());
    let key = grouping.text_of_key();
    let label = match grouping {
        Grouping::Camera => "(SELECT name FROM cameras WHERE cameras.id = marks.key)",
        Grouping::Hour | Grouping::Day | Grouping::Department => "NULL",
    };
    let (person, people_of_bucket, everybody) = match grouping {
        Grouping::Day => ("", "sum(logs)::bigint", "logs"),
        Grouping::Hour | Grouping::Camera | Grouping::Department => (", employee_id", "count(*)", "marks"),
    };
    let sql = format!(
        "WITH logs AS NOT MATERIALIZED ({logs}), marks AS MATERIALIZED (
             SELECT key{person}, count(*) FILTER (WHERE status = 'present') AS present,
                    count(*) FILTER (WHERE status = 'late') AS late, count(*) FILTER (WHERE status = 'missed') AS missed,
                    count(*) AS logs, sum(accuracy) AS accuracy, count(accuracy) AS accurate
             FROM logs GROUP BY key{person})
         SELECT {key} AS key, {label} AS label, {COUNTS}, {people_of_bucket} AS unique_people
         FROM marks WHERE key IS NOT NULL GROUP BY marks.key
         UNION ALL
         SELECT NULL, NULL, {COUNTS}, (SELECT count(*) FROM (SELECT DISTINCT employee_id FROM {everybody}) AS people)
         FROM marks"
    );
    Statement { sql, values, db_backend }
}

/// Of each log only what is counted, all of which `attendance_logs_statistics_idx` holds.
pub(super) fn logs(grouping: Grouping, filter: &Filter) -> Select<Entity> {
    let counted = filtered(filter).select_only().column_as(Expr::cust(grouping.key()), "key");
    counted.column(Column::EmployeeId).column(Column::Status).column(Column::Accuracy)
}

//! Everybody who is enrolled, with their log of a day or without one.

use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, FromQueryResult, Statement};

use crate::attendance_log::Status;
use crate::page::{Page, Paged};

/// Which people a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// People of this department, by its present name, whatever the case.
    pub department: Option<String>,
    /// With this mark, or without one.
    pub mark: Option<Mark>,
    /// Whose name or employee id contains this.
    pub search: Option<String>,
}

/// What is known of a person's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// A log with this status.
    Logged(Status),
    /// No log so far.
    Absent,
}

impl Mark {
    /// As it is compared with in SQL; no status is empty.
    fn as_text(self) -> String {
        match self {
            Self::Logged(status) => status.to_value(),
            Self::Absent => String::new(),
        }
    }
}

/// One active person.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Person {
    /// Person.
    pub employee_id: String,
    /// Name.
    pub name: String,
    /// Name of the department.
    pub department: Option<String>,
    /// Id of the day's log; nothing while there is none.
    pub log_id: Option<String>,
    /// Status of the log.
    pub status: Option<Status>,
    /// First sighting, time of day of the site.
    pub time_in: Option<Time>,
    /// Last sighting that counts, time of day of the site.
    pub time_out: Option<Time>,
    /// Camera of the first sighting.
    pub camera_id: Option<String>,
    /// Its name at that time.
    pub camera_name: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    total: i64,
    #[sea_orm(nested)]
    person: Option<Person>,
}

/// One page of the people with an active face profile, by name, and the log that each has of the day `date`.
///
/// # Errors
/// The database is out of reach.
pub async fn list(
    db: &impl ConnectionTrait,
    date: Date,
    filter: &Filter,
    page: Page,
) -> Result<Paged<Person>, DbErr> {
    let Filter { department, mark, search } = filter.clone();
    let (mark, pattern) = (mark.map(Mark::as_text), search.as_deref().map(crate::search::pattern));
    let sql = sql(mark.is_some());
    let page = [bigint(page.offset()), bigint(page.size)].map(Into::into);
    let values = [date.into(), department.into(), mark.into(), pattern.into()].into_iter().chain(page);
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(db).await?;
    let total = rows.first().map_or(0, |row| row.total.unsigned_abs());
    Ok(Paged { rows: rows.into_iter().filter_map(|row| row.person).collect(), total })
}

/// The total stands beside each row, and alone where the page is behind the last one.
///
/// Where everybody is shown whatever their mark, people are counted without the day's logs, and only a page's people are joined with
/// theirs; where a mark chooses, both need everybody's log, so it is read once for both.
fn sql(is_by_mark: bool) -> String {
    let materialized = if is_by_mark { "MATERIALIZED" } else { "NOT MATERIALIZED" };
    format!(
        r#"
WITH people AS {materialized} (
    SELECT person.employee_id, person.name, person.department, log.id AS log_id, log.status, log.time_in, log.time_out,
           log.camera_id, log.camera_name
    FROM face_profiles AS person
    LEFT JOIN attendance_logs AS log ON log.employee_id = person.employee_id AND log.date = $1
    WHERE person.status = 'active'
      AND ($2::text IS NULL OR lower(person.department COLLATE "und-x-icu") = lower($2::text COLLATE "und-x-icu"))
      AND ($3::text IS NULL OR coalesce(log.status, '') = $3)
      AND ($4::text IS NULL OR (lower((person.name || E'\n' || person.employee_id) COLLATE "und-x-icu") COLLATE "default")
           LIKE (lower($4::text COLLATE "und-x-icu") COLLATE "default")))
SELECT (SELECT count(*) FROM people) AS total, page.*
FROM (SELECT) AS always
LEFT JOIN (SELECT * FROM people ORDER BY name, employee_id OFFSET $5 LIMIT $6) AS page ON true
ORDER BY page.name, page.employee_id"#
    )
}

/// bigint ends the pages: an offset beyond it names rows that cannot be.
fn bigint(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

//! How much accepted work has not ended, for operators. PostgreSQL alone is asked, so the answer is there while Redis is away.

use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};

/// Accepted jobs that have not ended.
#[derive(Clone, Debug, Default, PartialEq, FromQueryResult)]
pub struct Backlog {
    /// Younger than a minute.
    pub up_to_minute: i64,
    /// Of one to ten minutes.
    pub up_to_ten_minutes: i64,
    /// Of ten minutes to an hour.
    pub up_to_hour: i64,
    /// Older than that.
    pub older: i64,
    /// Age of the oldest in seconds; 0 where there is none.
    pub oldest_seconds: f64,
}

/// Counts them by age, on the database's clock.
///
/// # Errors
/// The database is out of reach.
pub async fn backlog(db: &impl ConnectionTrait) -> Result<Backlog, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"SELECT count(*) FILTER (WHERE age < interval '1 minute') AS up_to_minute,
                  count(*) FILTER (WHERE age >= interval '1 minute' AND age < interval '10 minutes')
                      AS up_to_ten_minutes,
                  count(*) FILTER (WHERE age >= interval '10 minutes' AND age < interval '1 hour') AS up_to_hour,
                  count(*) FILTER (WHERE age >= interval '1 hour') AS older,
                  coalesce(extract(epoch FROM max(age)), 0)::float8 AS oldest_seconds
           FROM (SELECT now() - created_at AS age FROM job_outbox WHERE finished_at IS NULL) AS unfinished"#
    );
    Ok(Backlog::find_by_statement(statement).one(db).await?.unwrap_or_default())
}

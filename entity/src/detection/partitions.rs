//! The days of the table. A day is a partition from midnight to midnight UTC; rows of days without one go to the default
//! partition, so that nothing is ever refused.

use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, Statement, raw_sql};

#[derive(FromQueryResult)]
struct Partitions {
    count: i32,
}

/// Makes the partitions of `days` days from `first` on that are missing, and answers how many it made. A day that has rows in
/// the default partition already is left there.
///
/// # Errors
/// The database is out of reach.
pub async fn ensure_partitions(db: &impl ConnectionTrait, first: Date, days: i32) -> Result<i32, DbErr> {
    let call = raw_sql!(Postgres, r#"SELECT ensure_detection_partitions({first}, {days}) AS count"#);
    counted(db, call).await
}

/// Drops the partitions of all days before `day`, with their rows, and answers how many there were.
///
/// # Errors
/// The database is out of reach, or readers kept the table busy for 200 ms (`lock_not_available`): nothing was dropped then,
/// and it is to be tried again.
pub async fn drop_partitions(db: &impl ConnectionTrait, day: Date) -> Result<i32, DbErr> {
    let call = raw_sql!(Postgres, r#"SELECT drop_detection_partitions({day}) AS count"#);
    counted(db, call).await
}

async fn counted(db: &impl ConnectionTrait, call: Statement) -> Result<i32, DbErr> {
    let answer = Partitions::find_by_statement(call).one(db).await?;
    Ok(answer.map_or(0, |partitions| partitions.count))
}

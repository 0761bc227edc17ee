//! The days of the table. A day is a partition from midnight to midnight UTC; rows of days without one go to the default
//! partition, so that nothing is ever refused.

use chrono::Days;
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, Statement, raw_sql};

use crate::removal::{self, Batch, Removed};

/// Name of a day's partition.
const NAME: &str = "detections_%Y%m%d";

#[derive(FromQueryResult)]
struct Partition {
    name: String,
}

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

/// Drops the partitions of all days before `day`, with their rows, and answers how many there were. Each goes in a statement of
/// its own, so that readers wait for one at a time.
///
/// # Errors
/// The database is out of reach, or readers kept the table busy for 200 ms (`lock_not_available`): what was dropped by then is
/// gone, and the rest is to be tried again.
pub async fn drop_partitions(db: &impl ConnectionTrait, day: Date) -> Result<i32, DbErr> {
    let mut dropped = 0;
    for old in days_before(db, day).await? {
        let next = old + Days::new(1);
        let call = raw_sql!(Postgres, r#"SELECT drop_detection_partitions({next}) AS count"#);
        dropped += counted(db, call).await?;
    }
    Ok(dropped)
}

/// The days before `day` that have a partition, oldest first.
async fn days_before(db: &impl ConnectionTrait, day: Date) -> Result<Vec<Date>, DbErr> {
    let first_kept = day.format(NAME).to_string();
    // Names of one length, so that their order is that of the days; the default partition's comes after all of them.
    let statement = raw_sql!(
        Postgres,
        r#"SELECT relname::text AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
           WHERE inhparent = 'detections'::regclass AND relname::text COLLATE "C" < {first_kept}
           ORDER BY 1"#
    );
    let parts = Partition::find_by_statement(statement).all(db).await?;
    Ok(parts.into_iter().filter_map(|part| Date::parse_from_str(&part.name, NAME).ok()).collect())
}

/// Removes a batch of detections whose day has no partition.
///
/// # Errors
/// The database is out of reach.
pub async fn delete_strays_before(db: &impl ConnectionTrait, batch: Batch) -> Result<Removed, DbErr> {
    let Batch { from, before, limit } = batch;
    let statement = raw_sql!(
        Postgres,
        r#"WITH gone AS (
               DELETE FROM detections_default WHERE timestamp < {before} AND ctid = ANY(ARRAY(
                   SELECT ctid FROM detections_default WHERE timestamp >= {from} AND timestamp < {before} ORDER BY timestamp LIMIT {limit}))
               RETURNING timestamp AS at)
           SELECT count(*) AS rows, max(at) AS newest FROM gone"#
    );
    removal::removed(db, statement).await
}

async fn counted(db: &impl ConnectionTrait, call: Statement) -> Result<i32, DbErr> {
    let answer = Partitions::find_by_statement(call).one(db).await?;
    Ok(answer.map_or(0, |partitions| partitions.count))
}

//! Periodic jobs. The list is owned by the scheduler, which adds missing rows at start; a tick belongs to whoever moves `last_tick`.

use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, QueryOrder, raw_sql};
use serde::Serialize;

/// One periodic job.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "schedules")]
pub struct Model {
    /// Key: the job kind it makes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// When, with optional seconds.
    pub cron: String,
    /// IANA zone of `cron`.
    pub timezone: String,
    /// Whether it ticks.
    pub enabled: bool,
    /// From when ticks count: the newest one that was claimed, or the moment at which the schedule was made, enabled or
    /// given other times.
    pub last_tick: Option<DateTimeUtc>,
    /// When its job was last started, by a tick or by a person.
    pub last_run_at: Option<DateTimeUtc>,
    /// What became of the last of its jobs that ended.
    pub last_outcome: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

/// A schedule as the code knows it; people may change `cron` and `enabled` of the row afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSchedule<'a> {
    /// Key.
    pub name: &'a str,
    /// When, with optional seconds.
    pub cron: &'a str,
    /// IANA zone of `cron`.
    pub timezone: &'a str,
}

#[derive(FromQueryResult)]
struct Clock {
    now: DateTimeUtc,
}

/// The time on the database's clock, by which all schedulers tick.
///
/// # Errors
/// The database is out of reach.
pub async fn clock(db: &impl ConnectionTrait) -> Result<DateTimeUtc, DbErr> {
    let answer =
        Clock::find_by_statement(raw_sql!(Postgres, r#"SELECT clock_timestamp() AS now"#)).one(db).await?;
    answer.map(|clock| clock.now).ok_or_else(|| DbErr::RecordNotFound("clock".to_owned()))
}

/// Adds the schedules that are missing and leaves the others as people have set them. Ticks before now are not made up for.
///
/// # Errors
/// The database is out of reach.
pub async fn add_missing(db: &impl ConnectionTrait, schedules: &[NewSchedule<'_>]) -> Result<(), DbErr> {
    for &NewSchedule { name, cron, timezone } in schedules {
        let statement = raw_sql!(
            Postgres,
            r#"INSERT INTO schedules (name, cron, timezone, last_tick)
               VALUES ({name}, {cron}, {timezone}, clock_timestamp())
               ON CONFLICT (name) DO NOTHING"#
        );
        db.execute_raw(statement).await?;
    }
    Ok(())
}

/// All schedules, by name.
///
/// # Errors
/// The database is out of reach.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().order_by_asc(Column::Name).all(db).await
}

/// Claims a tick: true for exactly one of all who try, until that one rolls back. Put the tick's job into the outbox in the
/// same transaction.
///
/// # Errors
/// The database is out of reach.
pub async fn claim_tick(db: &impl ConnectionTrait, name: &str, tick: DateTimeUtc) -> Result<bool, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE schedules SET last_tick = {tick}, last_run_at = clock_timestamp()
           WHERE name = {name} AND enabled AND (last_tick IS NULL OR last_tick < {tick})"#
    );
    Ok(db.execute_raw(statement).await?.rows_affected() == 1)
}

/// Notes that somebody started the schedule's job out of turn. Ticks go on as if nobody had.
///
/// # Errors
/// The database is out of reach.
pub async fn record_run(db: &impl ConnectionTrait, name: &str) -> Result<(), DbErr> {
    let statement =
        raw_sql!(Postgres, r#"UPDATE schedules SET last_run_at = clock_timestamp() WHERE name = {name}"#);
    db.execute_raw(statement).await.map(drop)
}

/// What people may change of a schedule; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Whether it ticks.
    pub enabled: Option<bool>,
    /// When, with optional seconds.
    pub cron: Option<String>,
    /// IANA zone of `cron`.
    pub timezone: Option<String>,
}

/// Changes what people may change. Enabling, and other times, start from now: ticks of the time before are not made up for.
/// `None` when there is no such schedule.
///
/// # Errors
/// The database is out of reach.
pub async fn change(db: &impl ConnectionTrait, name: &str, changes: Changes) -> Result<Option<Model>, DbErr> {
    let Changes { enabled, cron, timezone } = changes;
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE schedules
           SET cron = coalesce({cron}, cron),
               timezone = coalesce({timezone}, timezone),
               enabled = coalesce({enabled}, enabled),
               last_tick = CASE WHEN ({enabled} AND NOT enabled) OR {cron} <> cron OR {timezone} <> timezone
                                THEN clock_timestamp() ELSE last_tick END
           WHERE name = {name}
           RETURNING *"#
    );
    Entity::find().from_raw_sql(statement).one(db).await
}

/// Copies what became of each schedule's newest job that ended. Only the last minute is looked at, which makes up for calls
/// that failed and for those of other processes; rows that say so already are not written again.
///
/// # Errors
/// The database is out of reach.
pub async fn record_outcomes(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE schedules
           SET last_outcome = latest.outcome
           FROM (SELECT DISTINCT ON (kind) kind, outcome
                 FROM job_outbox
                 WHERE finished_at > now() - interval '1 minute'
                 ORDER BY kind, finished_at DESC, id DESC) AS latest
           WHERE schedules.name = latest.kind AND schedules.last_outcome IS DISTINCT FROM latest.outcome"#
    );
    db.execute_raw(statement).await.map(drop)
}

//! Periodic jobs. The list is owned by the scheduler, which adds missing rows at start; a tick belongs to whoever moves `last_tick`.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, Condition, FromQueryResult, QueryOrder, raw_sql};
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
    /// Newest tick that was claimed; set when the schedule is made or enabled.
    pub last_tick: Option<DateTimeUtc>,
    /// What became of the last job.
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
    let result = Entity::update_many()
        .set(ActiveModel { last_tick: Set(Some(tick)), ..Default::default() })
        .filter(Column::Name.eq(name))
        .filter(Column::Enabled.eq(true))
        .filter(Condition::any().add(Column::LastTick.is_null()).add(Column::LastTick.lt(tick)))
        .exec(db)
        .await?;
    Ok(result.rows_affected == 1)
}

/// Changes what people may change. Enabling, and another cron, start from now: ticks of the time before are not made up for.
/// `None` when there is no such schedule.
///
/// # Errors
/// The database is out of reach.
pub async fn change(
    db: &impl ConnectionTrait,
    name: &str,
    enabled: Option<bool>,
    cron: Option<String>,
) -> Result<Option<Model>, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE schedules
           SET cron = coalesce({cron}, cron),
               enabled = coalesce({enabled}, enabled),
               last_tick = CASE WHEN ({enabled} AND NOT enabled) OR {cron} <> cron THEN clock_timestamp() ELSE last_tick END
           WHERE name = {name}
           RETURNING *"#
    );
    Entity::find().from_raw_sql(statement).one(db).await
}

/// Notes what became of the newest job of a schedule.
///
/// # Errors
/// The database is out of reach.
pub async fn record_outcome(db: &impl ConnectionTrait, name: &str, outcome: &str) -> Result<(), DbErr> {
    let noted = ActiveModel { last_outcome: Set(Some(outcome.to_owned())), ..Default::default() };
    Entity::update_many().set(noted).filter(Column::Name.eq(name)).exec(db).await.map(drop)
}

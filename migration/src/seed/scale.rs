//! A site of the size to plan for, made by the database itself: cameras, people, logs of attendance, detections, and what comes
//! with them. For measuring and for trying out; it only goes into a database in which nobody works yet.

mod statements;

use std::time::Instant;

use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

use statements::{
    AFTERWARDS, ALERTS, AUDIT, CAMERAS, DETECTIONS, EVENTS, LOGS, NUMBERS, PEOPLE, PRESENCE, SUMMARIES, SYNCS,
};

/// How much of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Cameras.
    pub cameras: i32,
    /// People with a face profile, in 20 departments.
    pub people: i32,
    /// Logs of attendance: of everybody, day by day, back from yesterday.
    pub logs: i32,
    /// Detections, over 90 days.
    pub detections: i32,
    /// Looks at frames in the event log, over the 30 days for which it is kept.
    pub looks: i32,
    /// Actions in the audit trail, over 90 days.
    pub actions: i32,
}

/// Days of detections.
const DAYS: i32 = 90;

impl Scale {
    /// So many percent of the size to plan for: at 100, 1,000 cameras, 10,000 people, 1,000,000 logs and 10,000,000 detections.
    #[must_use]
    pub const fn percent(percent: i32) -> Self {
        Self {
            cameras: 10 * percent,
            people: 100 * percent,
            logs: 10_000 * percent,
            detections: 100_000 * percent,
            looks: 10_000 * percent,
            actions: 2_000 * percent,
        }
    }

    /// Days of which there are logs, the last one being yesterday.
    #[must_use]
    pub const fn days_of_logs(self) -> i32 {
        (self.logs + self.people - 1) / self.people
    }
}

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum ScaleError {
    /// Somebody's data would be mixed with made-up data.
    #[error(
        "there are cameras, people or attendance in this database: made-up ones go into an empty one only"
    )]
    InUse,
    /// The database refused; what was made until then stays.
    #[error(transparent)]
    Database(#[from] DbErr),
}

const USED: &str = "SELECT EXISTS (SELECT FROM cameras) OR EXISTS (SELECT FROM face_profiles) OR EXISTS (SELECT FROM attendance_logs)
    OR EXISTS (SELECT FROM detections) AS is_used";

/// Makes all of it, and tells `report` of each part and the seconds that it took. A part that fails leaves the former ones in place.
///
/// # Errors
/// See [`ScaleError`].
pub async fn plant(
    db: &DatabaseConnection,
    scale: Scale,
    report: impl Fn(&str, f64),
) -> Result<(), ScaleError> {
    if is_used(db).await? {
        return Err(ScaleError::InUse);
    }
    let Scale { cameras, people, logs, looks, actions, .. } = scale;
    for (part, sql, values) in [
        ("cameras", CAMERAS, vec![cameras]),
        ("people", PEOPLE, vec![people]),
        ("whereabouts", PRESENCE, vec![cameras]),
        ("days of cameras", SUMMARIES, vec![DAYS]),
        ("attendance logs", LOGS, vec![logs, scale.days_of_logs(), people, cameras]),
        ("numbers of logs", NUMBERS, vec![]),
        ("syncs with Odoo", SYNCS, vec![]),
        ("audit", AUDIT, vec![actions, DAYS]),
        ("alerts", ALERTS, vec![cameras * 5, DAYS, cameras]),
        ("looks", EVENTS, vec![looks, cameras]),
    ] {
        timed(part, &report, run(db, sql, values)).await?;
    }
    timed("detections", &report, seen(db, scale)).await?;
    timed("statistics of the planner", &report, settle(db)).await
}

async fn is_used(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), USED)).await?;
    row.map_or(Ok(true), |row| row.try_get("", "is_used"))
}

async fn timed(
    part: &str,
    report: &impl Fn(&str, f64),
    work: impl Future<Output = Result<(), DbErr>>,
) -> Result<(), ScaleError> {
    let begun = Instant::now();
    work.await?;
    report(part, begun.elapsed().as_secs_f64());
    Ok(())
}

async fn run(db: &impl ConnectionTrait, sql: &str, values: Vec<i32>) -> Result<(), DbErr> {
    let values = values.into_iter().map(Into::into);
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.execute_raw(statement).await.map(drop)
}

/// Day by day, so that no transaction is long and a killed run has kept the days before.
async fn seen(db: &impl ConnectionTrait, scale: Scale) -> Result<(), DbErr> {
    run(db, "SELECT ensure_detection_partitions((now() AT TIME ZONE 'UTC')::date - $1, $1 + 1)", vec![DAYS])
        .await?;
    let a_day = scale.detections / DAYS;
    for age in 0..DAYS {
        run(db, DETECTIONS, vec![a_day, age, scale.people, scale.cameras]).await?;
    }
    Ok(())
}

/// What autovacuum would do within minutes.
async fn settle(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    for statement in AFTERWARDS {
        db.execute_unprepared(statement).await?;
    }
    Ok(())
}

//! What attendance reads of people's detections: when, where, what the camera there means, and how sure it was.

use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, FromQueryResult, Statement, raw_sql};

use crate::{camera::Direction, detection_provider_config::ProviderKind};

/// One authorized detection, with its camera as it is now.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Sighting {
    /// Who was seen.
    pub person_id: String,
    /// When the frame was captured.
    pub timestamp: DateTimeUtc,
    /// Camera.
    pub camera_id: String,
    /// Its name.
    pub camera_name: String,
    /// Where it hangs.
    pub location: String,
    /// What passing it means.
    pub direction: Direction,
    /// Seconds between its automatic captures.
    pub capture_interval_seconds: Option<i32>,
    /// Whether the camera's interval asked for the frame.
    pub automatic: bool,
    /// 0 to 100.
    pub confidence: f64,
    /// The provider's own score.
    pub provider_score: Option<f64>,
    /// Whose score it is.
    pub provider_kind: ProviderKind,
}

/// A person's authorized detections from `from` on and before `until`, oldest first. Those of others are not read, whatever
/// PostgreSQL knows of so young a stretch of time.
///
/// # Errors
/// The database is out of reach.
pub async fn sightings(
    db: &impl ConnectionTrait,
    person_id: &str,
    from: DateTimeUtc,
    until: DateTimeUtc,
) -> Result<Vec<Sighting>, DbErr> {
    // One person as an array of one would, in a plan without values, be searched for by time among everybody.
    all(db, "seen.person_id = $1", person_id.into(), from, until).await
}

/// The same of many people, in no order of them.
///
/// # Errors
/// The database is out of reach.
pub async fn sightings_of(
    db: &impl ConnectionTrait,
    people: &[String],
    from: DateTimeUtc,
    until: DateTimeUtc,
) -> Result<Vec<Sighting>, DbErr> {
    all(db, "seen.person_id = ANY($1)", people.to_vec().into(), from, until).await
}

async fn all(
    db: &impl ConnectionTrait,
    whose: &str,
    who: Value,
    from: DateTimeUtc,
    until: DateTimeUtc,
) -> Result<Vec<Sighting>, DbErr> {
    let sql = format!(
        "SELECT seen.person_id, seen.timestamp, seen.camera_id, camera.name AS camera_name, camera.location,
                camera.direction, camera.capture_interval_seconds, seen.automatic,
                seen.confidence, seen.provider_score, seen.provider_kind
         FROM detections AS seen JOIN cameras AS camera ON camera.id = seen.camera_id
         WHERE {whose} AND seen.status = 'authorized' AND seen.timestamp >= $2 AND seen.timestamp < $3
         ORDER BY seen.timestamp, seen.camera_id"
    );
    let statement =
        Statement::from_sql_and_values(DbBackend::Postgres, sql, [who, from.into(), until.into()]);
    Sighting::find_by_statement(statement).all(db).await
}

/// A stretch of time in which somebody may have been seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Who.
    pub person_id: String,
    /// From here on.
    pub from: DateTimeUtc,
    /// Before this.
    pub until: DateTimeUtc,
}

#[derive(FromQueryResult)]
struct Last {
    last: Option<DateTimeUtc>,
}

/// When each person was last seen in their stretch, in the order of the stretches.
///
/// # Errors
/// The database is out of reach.
pub async fn last_seen(
    db: &impl ConnectionTrait,
    stretches: &[Stretch],
) -> Result<Vec<Option<DateTimeUtc>>, DbErr> {
    let people: Vec<_> = stretches.iter().map(|stretch| stretch.person_id.clone()).collect();
    let begins: Vec<_> = stretches.iter().map(|stretch| stretch.from).collect();
    let ends: Vec<_> = stretches.iter().map(|stretch| stretch.until).collect();
    // Bounds that hold for all of them, so that the other days' partitions are left out when the statement is planned.
    let (first, last) = (begins.iter().min().copied(), ends.iter().max().copied());
    let statement = raw_sql!(
        Postgres,
        r#"SELECT (SELECT max(timestamp) FROM detections AS seen
                   WHERE seen.person_id = stretch.person_id AND seen.status = 'authorized'
                     AND seen.timestamp >= stretch.from_time AND seen.timestamp < stretch.until_time
                     AND seen.timestamp >= {first}::timestamptz AND seen.timestamp < {last}::timestamptz) AS last
           FROM unnest({people}::text[], {begins}::timestamptz[], {ends}::timestamptz[])
                WITH ORDINALITY AS stretch (person_id, from_time, until_time, n)
           ORDER BY n"#
    );
    let found = Last::find_by_statement(statement).all(db).await?;
    Ok(found.into_iter().map(|row| row.last).collect())
}

#[derive(FromQueryResult)]
struct Day {
    day: Date,
}

/// The days (UTC) from `first` to `last` that hold no detections and have no place for any: they were dropped, or nobody was ever
/// seen on them. A day that never had a partition keeps its rows in the default one.
///
/// # Errors
/// The database is out of reach.
pub async fn days_without(db: &impl ConnectionTrait, first: Date, last: Date) -> Result<Vec<Date>, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"SELECT day::date
           FROM generate_series({first}::date::timestamp, {last}::date::timestamp, interval '1 day') AS day
           WHERE to_regclass('detections_' || to_char(day, 'YYYYMMDD')) IS NULL AND NOT EXISTS (
               SELECT FROM detections_default
               WHERE timestamp >= day AT TIME ZONE 'UTC' AND timestamp < (day + interval '1 day') AT TIME ZONE 'UTC')
           ORDER BY day"#
    );
    let days = Day::find_by_statement(statement).all(db).await?;
    Ok(days.into_iter().map(|row| row.day).collect())
}

//! What one look through a camera leaves behind, stored in one statement over seven tables: a worker does this hundreds of times
//! a second, and each statement of its own would cost a round trip. Whether the job's effects are stored already decides
//! within the statement (see [`job_effect`]), so that a second run of the job changes nothing.

use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, FromQueryResult, raw_sql};

use crate::{
    attendance_record, detection,
    job_effect::{self, Effect, Run},
};

/// One look.
#[derive(Clone, Debug)]
pub struct Look<'a> {
    /// The run that stores it.
    pub run: Run<'a>,
    /// What the job answers.
    pub result: Json,
    /// When it is stored.
    pub now: DateTimeUtc,
    /// The camera.
    pub camera_id: &'a str,
    /// When the frame was captured.
    pub captured_at: DateTimeUtc,
    /// Whether the camera's `last_seen` and picture are moved forward.
    pub moves_camera: bool,
    /// Where the picture is kept, if it is.
    pub snapshot_key: Option<&'a str>,
    /// The site's day, for the camera's counters.
    pub day: Date,
    /// The row of the event log, if the look is worth one.
    pub event: Option<Event<'a>>,
    /// Who was seen.
    pub faces: &'a [detection::Model],
    /// Where people are now, at most one row each.
    pub people: &'a [attendance_record::Model],
}

/// What the provider said.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// Id of the row, version 7.
    pub id: Uuid,
    /// The camera's name.
    pub camera_name: &'a str,
    /// How long the provider took, in milliseconds.
    pub latency_ms: i32,
    /// Its answer.
    pub payload: Json,
}

#[derive(FromQueryResult)]
struct Stored {
    stored: i64,
}

/// Stores a look, unless an earlier run of its job has. The people in it are held as by
/// [`attendance_log::lock_people`](crate::attendance_log::lock_people): what follows from reading their days holds until the
/// transaction ends. A row of [`attendance_record`] is only overwritten by a newer sighting.
///
/// What follows in the transaction is planned once a connection: to search the last sightings anew for the values of each frame cost
/// PostgreSQL more planning, over all partitions of detections, than everything else that it does for a frame.
///
/// # Errors
/// The database is out of reach or refuses a value.
pub async fn store(transaction: &DatabaseTransaction, look: &Look<'_>) -> Result<Effect, DbErr> {
    let Look { run, now, camera_id, captured_at, moves_camera, day, .. } = *look;
    let Run { job_id, kind, run_id } = run;
    let (result, snapshot_key) = (look.result.clone(), look.snapshot_key.map(ToOwned::to_owned));
    let has_event = look.event.is_some();
    let event = look.event.as_ref();
    let event_id = event.map(|event| event.id);
    let camera_name = event.map(|event| event.camera_name.to_owned());
    let latency_ms = event.map(|event| event.latency_ms);
    let payload = event.map(|event| event.payload.clone());
    let (faces, people) = (rows(look.faces)?, rows(look.people)?);
    let statement = raw_sql!(
        Postgres,
        r#"WITH effect AS (
               INSERT INTO job_effects (job_id, kind, run_id, result, applied_at)
               VALUES ({job_id}, {kind}, {run_id}, {result}, {now})
               ON CONFLICT DO NOTHING RETURNING job_id
           ), event AS (
               INSERT INTO detection_event_logs
                   (id, job_id, camera_id, camera_name, timestamp, status, latency_ms, payload)
               SELECT {event_id}, job_id, {camera_id}, {camera_name}, {captured_at}, 'received', {latency_ms}, {payload}
               FROM effect WHERE {has_event}
           ), face AS (
               SELECT face.* FROM effect, jsonb_populate_recordset(NULL::detections, {faces}) AS face
           ), seen AS (
               INSERT INTO detections (id, timestamp, job_id, person_id, name, camera_id, confidence, track_id, bounding_box,
                                       thumbnail_key, status, provider_kind, provider_score, automatic)
               SELECT id, timestamp, job_id, person_id, name, camera_id, confidence, track_id, bounding_box,
                      thumbnail_key, status, provider_kind, provider_score, automatic
               FROM face
           ), counted AS (
               INSERT INTO camera_summaries AS day (camera_id, date, detections_today, unknown_faces)
               SELECT {camera_id}, {day}, count(*), count(*) FILTER (WHERE status = 'unknown') FROM face HAVING count(*) > 0
               ON CONFLICT (camera_id, date) DO UPDATE SET
                   detections_today = day.detections_today + excluded.detections_today,
                   unknown_faces = day.unknown_faces + excluded.unknown_faces
           ), camera AS (
               UPDATE cameras SET last_seen = {captured_at}, thumbnail_key = coalesce({snapshot_key}, thumbnail_key)
               FROM effect
               WHERE cameras.id = {camera_id} AND {moves_camera} AND coalesce(last_seen < {captured_at}, true)
           ), person AS (
               SELECT person.*
               FROM effect, jsonb_populate_recordset(NULL::attendance_records, {people}) AS person ORDER BY person_id
           ), present AS (
               INSERT INTO attendance_records AS known (id, person_id, name, role, department, status, accuracy, timestamp,
                                                        camera_id, camera_name, thumbnail_key)
               SELECT id, person_id, name, role, department, status, accuracy, timestamp,
                      camera_id, camera_name, thumbnail_key
               FROM person
               ON CONFLICT (person_id) DO UPDATE SET
                   name = excluded.name, role = excluded.role, department = excluded.department,
                   status = excluded.status, accuracy = excluded.accuracy, timestamp = excluded.timestamp,
                   camera_id = excluded.camera_id, camera_name = excluded.camera_name,
                   thumbnail_key = excluded.thumbnail_key
               WHERE known.timestamp < excluded.timestamp
           ), held AS MATERIALIZED (
               SELECT pg_advisory_xact_lock(lock)
               FROM (SELECT hashtextextended('attendance:' || person_id, 0) AS lock FROM person ORDER BY 1) AS locks
           )
           SELECT (SELECT count(*) FROM effect) AS stored, (SELECT count(*) FROM held) AS held,
                  set_config('plan_cache_mode', 'force_generic_plan', true) AS plans"#
    );
    let answer = Stored::find_by_statement(statement).one(transaction).await?;
    match answer {
        Some(Stored { stored: 1 }) => Ok(Effect::New),
        Some(_) | None => Ok(Effect::Applied(job_effect::earlier(transaction, job_id).await?)),
    }
}

/// Rows as `jsonb_populate_recordset` takes them.
fn rows(rows: &[impl serde::Serialize]) -> Result<Json, DbErr> {
    serde_json::to_value(rows).map_err(|error| DbErr::Json(error.to_string()))
}

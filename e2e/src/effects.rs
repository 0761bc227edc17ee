//! What frames leave in the database, and that they leave it once.

use std::collections::HashSet;

use entity::{attendance_log, detection, detection_event_log, job_effect, job_outbox};
use sea_orm::EntityTrait as _;
use serde_json::Value;
use testkit::provider::Answer;
use uuid::Uuid;

use crate::Stage;

/// A recogniser's answer with one known face in it, so that each frame leaves exactly one detection.
#[must_use]
pub fn one_face() -> Answer {
    Answer::person("EMP-001", "Barack Obama", 93.0)
}

/// The same after a while.
#[must_use]
pub fn one_face_after(pause: std::time::Duration) -> Answer {
    match one_face() {
        Answer::Json(face) => Answer::Slow(pause, face),
        other => other,
    }
}

/// Fails unless every one of these jobs, whose frames showed [`one_face`], and no other left its effects, exactly once.
///
/// # Panics
/// Something is missing, or there twice.
pub async fn are_there_once(stage: &Stage, jobs: &[String]) {
    let wanted = sorted(jobs.iter().map(|id| id.parse().unwrap()));
    let guards = stage.all::<job_effect::Entity>().await;
    let detections = stage.all::<detection::Entity>().await;
    let events = stage.all::<detection_event_log::Entity>().await;
    let received = events.iter().filter(|event| event.status == detection_event_log::Status::Received);
    let frames = guards.iter().filter(|guard| guard.kind == "send_frame");
    assert_eq!(sorted(frames.map(|guard| guard.job_id)), wanted, "guards");
    assert_eq!(sorted(detections.iter().map(|detection| detection.job_id.unwrap())), wanted, "detections");
    assert_eq!(sorted(received.map(|event| event.job_id)), wanted, "events");
    assert_eq!(stage.all::<attendance_log::Entity>().await.len(), 1, "one person has one day");
}

fn sorted(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort();
    ids
}

/// Seconds since 1970 at which a schedule's jobs were accepted, in order.
pub async fn ticks(stage: &Stage, kind: &str) -> Vec<i64> {
    let rows = job_outbox::Entity::find().all(&stage.db).await.unwrap();
    let mut seconds: Vec<_> =
        rows.iter().filter(|row| row.kind == kind).map(|row| row.created_at.timestamp()).collect();
    seconds.sort_unstable();
    seconds
}

/// The names of all workers that made an attempt of one of these jobs.
#[must_use]
pub fn workers_of(jobs: &[Value]) -> HashSet<&str> {
    jobs.iter()
        .flat_map(|job| job["attempts"].as_array().unwrap())
        .map(|a| a["worker"].as_str().unwrap())
        .collect()
}

//! Rows of the event log: what the provider answered, or why nobody could ask it.

use chrono::{DateTime, Utc};
use entity::detection_event_log::{ActiveModel, Entity, Status};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait as _};
use uuid::Uuid;

use super::{faces::Faces, record::Seen};
use crate::{
    context::Context,
    handler::{Failure, Run},
};

/// An automatic capture that showed nobody leaves a row once in so many.
const EMPTY_ONE_IN: u128 = 100;

/// The provider answered.
pub(super) async fn received(db: &impl ConnectionTrait, seen: &Seen<'_>) -> Result<(), DbErr> {
    #[expect(clippy::cast_possible_truncation, reason = "a call takes seconds, not weeks")]
    let latency_ms = seen.faces.latency_ms.round() as i32;
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        job_id: Set(seen.run.id),
        camera_id: Set(seen.camera.id.clone()),
        camera_name: Set(seen.camera.name.clone()),
        timestamp: Set(seen.frame.captured_at),
        status: Set(Status::Received),
        latency_ms: Set(Some(latency_ms)),
        payload: Set(Some(seen.faces.raw.clone())),
        ..Default::default()
    };
    Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// Whether an answer is worth a row.
pub(super) fn is_worth_it(trigger: attendance::Trigger, faces: &Faces, job: Uuid) -> bool {
    match trigger {
        attendance::Trigger::OnDemand => true,
        // The job's random bits decide, so that a job which runs twice decides alike.
        attendance::Trigger::Automatic => {
            !faces.faces.is_empty() || job.as_u128().is_multiple_of(EMPTY_ONE_IN)
        }
    }
}

/// The look failed.
pub(super) async fn failed(
    context: &Context,
    run: &Run,
    camera_id: &str,
    camera_name: &str,
    failure: &Failure,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        job_id: Set(run.id),
        camera_id: Set(camera_id.to_owned()),
        camera_name: Set(camera_name.to_owned()),
        timestamp: Set(at),
        status: Set(Status::Error),
        error_message: Set(Some(failure.to_string())),
        ..Default::default()
    };
    Entity::insert(row).exec_without_returning(&context.db).await.map(drop)
}

//! Rows of the event log: what the provider answered, or why nobody could ask it.

use chrono::{DateTime, Utc};
use entity::{
    camera,
    detection_event_log::{ActiveModel, Entity, Status},
    look,
};
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait as _};
use uuid::Uuid;

use super::{faces::Faces, record::Seen};
use crate::{
    context::Context,
    handler::{Failure, Run},
};

/// An automatic capture that showed nobody leaves a row once in so many.
const EMPTY_ONE_IN: u128 = 100;

/// What the provider answered, if that is worth a row.
pub(super) fn received<'a>(seen: &'a Seen<'_>) -> Option<look::Event<'a>> {
    #[expect(clippy::cast_possible_truncation, reason = "a call takes seconds, not weeks")]
    let latency_ms = seen.faces.latency_ms.round() as i32;
    is_worth_it(seen.request.trigger, seen.faces, seen.run.id).then(|| look::Event {
        id: Uuid::now_v7(),
        camera_name: &seen.camera.name,
        latency_ms,
        payload: seen.faces.raw.clone(),
    })
}

fn is_worth_it(trigger: attendance::Trigger, faces: &Faces, job: Uuid) -> bool {
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
    failure: &Failure,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let camera = camera::find_living(&context.db, camera_id).await?;
    let camera_name = camera.map_or_else(|| camera_id.to_owned(), |camera| camera.name);
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        job_id: Set(run.id),
        camera_id: Set(camera_id.to_owned()),
        camera_name: Set(camera_name),
        timestamp: Set(at),
        status: Set(Status::Error),
        error_message: Set(Some(failure.to_string())),
        ..Default::default()
    };
    Entity::insert(row).exec_without_returning(&context.db).await.map(drop)
}

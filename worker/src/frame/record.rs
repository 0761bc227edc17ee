//! Everything that a look leaves in the database, in one transaction that begins with the guard of the job's effects: a job that
//! runs twice stores once, and answers what the first run answered.

use attendance::DetectionStatus;
use capture::Frame;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    alert, camera, detection,
    detection_provider_config::ProviderKind,
    job_effect::{self, Effect},
    look::{self, Look},
};
use jobs::FrameReport;
use sea_orm::DatabaseTransaction;

use super::{
    Request,
    announce::News,
    faces::{Face, Faces},
    log,
    look::Trouble,
    report,
};
use crate::{
    configuration::Snapshot,
    context::Context,
    handler::{Failure, Run},
};

/// A camera's `last_seen` is written again once it is this old: at a frame every two seconds, more would be all writing.
const SEEN_EVERY: TimeDelta = TimeDelta::seconds(10);

/// One look, judged.
pub(super) struct Seen<'a> {
    /// The run of the job.
    pub run: &'a Run,
    /// What was asked for.
    pub request: Request<'a>,
    /// The camera.
    pub camera: &'a camera::Model,
    /// The frame.
    pub frame: &'a Frame,
    /// Where the picture is kept.
    pub snapshot_key: Option<String>,
    /// Who was asked.
    pub provider_kind: ProviderKind,
    /// Who is in it.
    pub faces: &'a Faces,
}

/// What was stored.
pub(super) struct Stored {
    /// The job's result.
    pub report: FrameReport,
    /// What to tell the world; nothing when an earlier run stored it, and told it.
    pub news: Option<News>,
}

/// Stores it all, or nothing.
pub(super) async fn store(
    context: &Context,
    snapshot: &Snapshot,
    seen: &Seen<'_>,
) -> Result<Stored, Trouble> {
    let transaction = entity::begin(&context.db).await?;
    let detections: Vec<_> = seen.faces.faces.iter().map(|face| row(seen, face)).collect();
    let report = summary(seen.faces);
    if let Effect::Applied(result) = guarded(&transaction, snapshot, seen, &detections, &report).await? {
        transaction.rollback().await?;
        let report = result.and_then(|result| serde_json::from_value(result).ok()).unwrap_or_default();
        return Ok(Stored { report, news: None });
    }
    let alerts = alert_about_strangers(&transaction, snapshot, seen).await?;
    let back_online = bring_online(&transaction, seen).await?;
    // Last, since it may lock the day's counter of ids until the commit.
    log::mark(&transaction, snapshot, seen).await?;
    transaction.commit().await?;
    Ok(Stored { report, news: Some(News { detections, alerts, back_online }) })
}

/// What every look leaves, unless the job's effects are stored already.
async fn guarded(
    transaction: &DatabaseTransaction,
    snapshot: &Snapshot,
    seen: &Seen<'_>,
    detections: &[detection::Model],
    report: &FrameReport,
) -> Result<Effect, Trouble> {
    let run_id = format!("{}/{}", seen.run.id, seen.run.attempt);
    let look = Look {
        run: job_effect::Run { job_id: seen.run.id, kind: seen.request.kind, run_id: &run_id },
        result: serde_json::to_value(report).map_err(|error| Failure::discard(&error))?,
        now: Utc::now(),
        camera_id: &seen.camera.id,
        captured_at: seen.frame.captured_at,
        moves_camera: seen.snapshot_key.is_some() || !is_fresh(seen),
        snapshot_key: seen.snapshot_key.as_deref(),
        day: attendance::day::local_day(seen.frame.captured_at, snapshot.settings.attendance_timezone),
        event: report::received(seen),
        faces: detections,
        people: &log::whereabouts(seen),
    };
    Ok(look::store(transaction, &look).await?)
}

/// Whether the camera's row tells that it was seen lately.
fn is_fresh(seen: &Seen<'_>) -> bool {
    seen.camera.last_seen.is_some_and(|last| seen.frame.captured_at - last < SEEN_EVERY)
}

fn row(seen: &Seen<'_>, face: &Face) -> detection::Model {
    detection::Model {
        id: face.id,
        timestamp: seen.frame.captured_at,
        job_id: Some(seen.run.id),
        person_id: face.person.as_ref().map(|person| person.id.clone()),
        name: face.person.as_ref().and_then(|person| person.name.clone()),
        camera_id: seen.camera.id.clone(),
        confidence: face.confidence,
        track_id: face.track_id.clone(),
        bounding_box: Some(face.bounding_box),
        thumbnail_key: face.thumbnail_key.clone(),
        status: status(face.status),
        provider_kind: seen.provider_kind,
        provider_score: face.provider_score,
        automatic: seen.request.trigger == attendance::Trigger::Automatic,
        created_at: Utc::now(),
        updated_at: Utc::now(),
    }
}

fn status(judged: DetectionStatus) -> detection::Status {
    match judged {
        DetectionStatus::Authorized => detection::Status::Authorized,
        DetectionStatus::Visitor => detection::Status::Visitor,
        DetectionStatus::Unknown => detection::Status::Unknown,
    }
}

async fn alert_about_strangers(
    transaction: &DatabaseTransaction,
    snapshot: &Snapshot,
    seen: &Seen<'_>,
) -> Result<Vec<alert::Model>, Trouble> {
    let strangers = seen.faces.faces.iter().filter(|face| face.status == DetectionStatus::Unknown).count();
    if strangers == 0 {
        return Ok(Vec::new());
    }
    let spacing = TimeDelta::seconds(snapshot.settings.alerts_unknown_face_cooldown_seconds.into());
    let alert = crate::alerts::unknown_face(seen.camera, strangers, seen.frame.captured_at);
    let key = crate::alerts::unknown_face_key(&seen.camera.id);
    let raised = alert::raise_spaced(transaction, &key, spacing, seen.frame.captured_at, alert).await?;
    Ok(raised.into_iter().collect())
}

/// When a camera was seen that was thought offline until this frame.
async fn bring_online(
    transaction: &DatabaseTransaction,
    seen: &Seen<'_>,
) -> Result<Option<DateTime<Utc>>, Trouble> {
    if seen.camera.status != camera::Status::Offline {
        return Ok(None);
    }
    let changed = camera::set_status(transaction, &seen.camera.id, camera::Status::Online).await?;
    Ok(changed.map(|_| seen.frame.captured_at))
}

fn summary(faces: &Faces) -> FrameReport {
    let authorized = faces.faces.iter().filter(|face| face.status == DetectionStatus::Authorized);
    FrameReport {
        detections: faces.faces.len(),
        authorized: authorized.filter_map(|face| Some(face.person.as_ref()?.id.clone())).collect(),
        unknown: faces.faces.iter().filter(|face| face.status == DetectionStatus::Unknown).count(),
        ..FrameReport::default()
    }
}

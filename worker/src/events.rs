//! The messages that subscribers of the WebSocket get, as the HTTP contract words them. A worker makes the JSON once; the API
//! replicas pass it on.

use chrono::{DateTime, SecondsFormat, Utc};
use entity::{alert, camera};
use platform::events::{Channel, Event};
use queue::{JobId, JobState};
use serde::Serialize;
use serde_json::{json, value::to_raw_value};
use uuid::Uuid;

use crate::context::Context;

/// Tells every API replica; delivery is at most once, so what cannot be told is only logged.
pub async fn publish(context: &Context, event: Event) {
    if let Err(error) = context.publisher.publish(&event).await {
        tracing::warn!(%error, "an event was lost");
    }
}

/// A new detection.
pub fn detection(camera_id: &str, detection: &impl Serialize) -> Option<Event> {
    let message = json!({ "type": "detection", "channel": "detections", "cameraId": camera_id, "detection": detection });
    event(Channel::Detections, Some(camera_id), &message)
}

/// A camera that went on- or offline.
pub fn camera_status(
    camera_id: &str,
    status: camera::Status,
    last_seen: Option<DateTime<Utc>>,
) -> Option<Event> {
    let message = json!({
        "type": "camera-status", "channel": "camera-status", "cameraId": camera_id, "status": status,
        "lastSeen": last_seen.map(rfc3339),
    });
    event(Channel::CameraStatus, Some(camera_id), &message)
}

/// An alert that was raised or resolved.
pub fn alert(row: &alert::Model) -> Option<Event> {
    let alert = json!({
        "id": row.id, "title": row.title, "description": row.description, "level": row.level, "kind": row.kind,
        "timestamp": rfc3339(row.timestamp), "cameraId": row.camera_id, "acknowledged": row.acknowledged,
        "tags": row.tags, "resolvedAt": row.resolved_at.map(rfc3339),
    });
    event(Channel::Alerts, None, &json!({ "type": "alert", "channel": "alerts", "alert": alert }))
}

/// A job that somebody asked for changed its state; only they, and whoever may see all jobs, are told.
pub fn job(id: JobId, kind: &str, actor: Uuid, status: JobState) -> Option<Event> {
    let progress = if status == JobState::Done { 100 } else { 0 };
    let job = json!({ "id": id, "type": kind, "status": status.as_str(), "progress": progress });
    let told = event(Channel::Jobs, None, &json!({ "type": "job", "channel": "jobs", "job": job }))?;
    Some(Event { user_id: Some(actor), ..told })
}

fn event(channel: Channel, camera_id: Option<&str>, message: &serde_json::Value) -> Option<Event> {
    // A `Value` always has a JSON form.
    let message = to_raw_value(message).ok()?;
    Some(Event { channel, camera_id: camera_id.map(str::to_owned), user_id: None, message })
}

/// A time as the contract writes it: UTC, `Z`.
#[must_use]
pub fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

//! The messages that clients get, as the contract of the WebSocket words them. Whoever publishes makes the JSON once,
//! here, so that two processes never word the same thing differently.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json, value::to_raw_value};
use uuid::Uuid;

use super::{Channel, Event};
use crate::timestamp::rfc3339;

/// An alert as its channel shows it.
#[derive(Clone, Copy, Debug)]
pub struct Alert<'a, Level> {
    /// Key.
    pub id: &'a str,
    /// One line.
    pub title: &'a str,
    /// More.
    pub description: Option<&'a str>,
    /// How bad it is.
    pub level: Level,
    /// What raised it.
    pub kind: &'a str,
    /// When it was raised.
    pub timestamp: DateTime<Utc>,
    /// Camera it is about.
    pub camera_id: Option<&'a str>,
    /// Whether somebody took note.
    pub acknowledged: bool,
    /// Free labels.
    pub tags: &'a [String],
    /// When the trouble was over.
    pub resolved_at: Option<DateTime<Utc>>,
}

/// A job as its channel shows it: the fields of the same names that HTTP shows.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// Id.
    pub id: Uuid,
    /// Its kind.
    pub kind: &'a str,
    /// Where it stands.
    pub status: &'a str,
    /// 0 to 100.
    pub progress: u8,
    /// What it is doing, where it says so.
    pub progress_text: Option<&'a str>,
}

/// A message to a user, or to everybody, as its channel shows it.
#[derive(Clone, Copy, Debug)]
pub struct Notification<'a, Level> {
    /// Key.
    pub id: Uuid,
    /// To whom; everybody where absent.
    pub user_id: Option<Uuid>,
    /// What it is about, such as `export_ready`.
    pub kind: &'a str,
    /// One line.
    pub title: &'a str,
    /// More.
    pub message: Option<&'a str>,
    /// How much it matters.
    pub level: Level,
    /// Path of the frontend that shows it.
    pub link: Option<&'a str>,
    /// When it was sent.
    pub timestamp: DateTime<Utc>,
}

impl Event {
    /// A new detection of the camera `camera_id`. `None` where it has no JSON form, as with all of these.
    #[must_use]
    pub fn detection(camera_id: &str, detection: &impl Serialize) -> Option<Self> {
        let detection = serde_json::to_value(detection).ok()?;
        let message = json!({ "type": "detection", "channel": "detections", "cameraId": camera_id, "detection": detection });
        Self::of_camera(Channel::Detections, camera_id, &message)
    }

    /// A camera that went on- or offline, or was changed.
    #[must_use]
    pub fn camera_status(
        camera_id: &str,
        status: impl Serialize,
        last_seen: Option<DateTime<Utc>>,
    ) -> Option<Self> {
        let status = serde_json::to_value(status).ok()?;
        let message = json!({
            "type": "camera-status", "channel": "camera-status", "cameraId": camera_id, "status": status,
            "lastSeen": last_seen.map(rfc3339),
        });
        Self::of_camera(Channel::CameraStatus, camera_id, &message)
    }

    /// An alert that was raised or resolved.
    #[must_use]
    pub fn alert(alert: &Alert<'_, impl Serialize>) -> Option<Self> {
        let level = serde_json::to_value(&alert.level).ok()?;
        let shown = json!({
            "id": alert.id, "title": alert.title, "description": alert.description, "level": level,
            "kind": alert.kind, "timestamp": rfc3339(alert.timestamp), "cameraId": alert.camera_id,
            "acknowledged": alert.acknowledged, "tags": alert.tags,
            "resolvedAt": alert.resolved_at.map(rfc3339),
        });
        Self::new(Channel::Alerts, &json!({ "type": "alert", "channel": "alerts", "alert": shown }))
    }

    /// A job that changed its state or progress; only `actor`, who asked for it, and whoever may see all jobs are told.
    #[must_use]
    pub fn job(actor: Uuid, job: &Job<'_>) -> Option<Self> {
        let shown = json!({
            "id": job.id, "type": job.kind, "status": job.status, "progress": job.progress,
            "progressText": job.progress_text,
        });
        let event = Self::new(Channel::Jobs, &json!({ "type": "job", "channel": "jobs", "job": shown }))?;
        Some(Self { user_id: Some(actor), ..event })
    }

    /// A message that was just sent, so nobody has acknowledged it; only its user is told, where it has one.
    #[must_use]
    pub fn notification(sent: &Notification<'_, impl Serialize>) -> Option<Self> {
        let level = serde_json::to_value(&sent.level).ok()?;
        let shown = json!({
            "id": sent.id, "type": sent.kind, "title": sent.title, "message": sent.message, "level": level,
            "link": sent.link, "timestamp": rfc3339(sent.timestamp), "acknowledged": false,
        });
        let message = json!({ "type": "notification", "channel": "notifications", "notification": shown });
        Some(Self { user_id: sent.user_id, ..Self::new(Channel::Notifications, &message)? })
    }

    fn of_camera(channel: Channel, camera_id: &str, message: &Value) -> Option<Self> {
        Some(Self { camera_id: Some(camera_id.to_owned()), ..Self::new(channel, message)? })
    }

    fn new(channel: Channel, message: &Value) -> Option<Self> {
        Some(Self { channel, camera_id: None, user_id: None, message: to_raw_value(message).ok()? })
    }
}

//! What subscribers of the WebSocket get of the rows that workers write. A worker makes the JSON once; the API replicas
//! pass it on.

use entity::{alert, notification};
use platform::events::{Alert, Event, Job, Notification};
use queue::{JobId, JobState};
use uuid::Uuid;

use crate::context::Context;

/// Tells every API replica; delivery is at most once, so what cannot be told is only logged.
pub async fn publish(context: &Context, event: Event) {
    if let Err(error) = context.publisher.publish(&event).await {
        tracing::warn!(%error, "an event was lost");
    }
}

/// An alert that was raised or resolved.
pub fn alert(row: &alert::Model) -> Option<Event> {
    Event::alert(&Alert {
        id: &row.id,
        title: &row.title,
        description: row.description.as_deref(),
        level: row.level,
        kind: &row.kind,
        timestamp: row.timestamp,
        camera_id: row.camera_id.as_deref(),
        acknowledged: row.acknowledged,
        tags: &row.tags.0,
        resolved_at: row.resolved_at,
    })
}

/// A message that was just sent.
pub fn notification(row: &notification::Model) -> Option<Event> {
    Event::notification(&Notification {
        id: row.id,
        user_id: row.user_id,
        kind: &row.notification_type,
        title: &row.title,
        message: row.message.as_deref(),
        level: row.level,
        link: row.link.as_deref(),
        timestamp: row.timestamp,
    })
}

/// How far a job is that somebody asked for; only they, and whoever may see all jobs, are told.
pub fn progress(id: JobId, kind: &str, actor: Uuid, percent: u8, text: &str) -> Option<Event> {
    let status = JobState::Running.as_str();
    Event::job(actor, &Job { id, kind, status, progress: percent, progress_text: Some(text) })
}

/// A job that somebody asked for changed its state; only they, and whoever may see all jobs, are told.
pub fn job(id: JobId, kind: &str, actor: Uuid, status: JobState) -> Option<Event> {
    let progress = if status == JobState::Done { 100 } else { 0 };
    Event::job(actor, &Job { id, kind, status: status.as_str(), progress, progress_text: None })
}

//! What the world is told once a look is stored: the live list has a new version, and subscribers get the detections. It is
//! at most once: whoever missed it reads the list.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::{alert, camera, detection};
use platform::{events::Event, timestamp::rfc3339};
use serde::Serialize;
use uuid::Uuid;

use crate::{context::Context, events};

/// How long a thumbnail's signed URL lives.
const URL_LIFE: Duration = Duration::from_secs(3_600);

/// What one look brought.
#[derive(Debug, Default)]
pub(super) struct News {
    /// Detections that were stored.
    pub detections: Vec<detection::Model>,
    /// Alerts that were raised.
    pub alerts: Vec<alert::Model>,
    /// When a camera was seen that had been thought offline until now.
    pub back_online: Option<DateTime<Utc>>,
}

/// A detection as the HTTP contract shows it; a test compares it with what the API answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DetectionMessage<'a> {
    id: Uuid,
    person_id: Option<&'a str>,
    name: Option<&'a str>,
    camera_id: &'a str,
    confidence: f64,
    timestamp: String,
    track_id: Option<&'a str>,
    bounding_box: Option<detection::BoundingBox>,
    thumbnail: Option<String>,
    status: detection::Status,
}

/// Tells it; what cannot be told is logged. The new version is sent first, since
/// whoever hears of a detection may read the list at once.
pub(super) async fn announce(context: &Context, camera: &camera::Model, news: &News) {
    let tell = async {
        for event in events_of(context, camera, news) {
            events::publish(context, event).await;
        }
    };
    tokio::join!(raise_version(context, news), tell);
}

async fn raise_version(context: &Context, news: &News) {
    if !news.detections.is_empty()
        && let Err(error) = context.live.raise().await
    {
        tracing::warn!(%error, "the live list keeps its version");
    }
}

fn events_of(context: &Context, camera: &camera::Model, news: &News) -> Vec<Event> {
    let mut all = Vec::new();
    all.extend(
        news.detections.iter().filter_map(|row| Event::detection(&row.camera_id, &message(context, row))),
    );
    all.extend(news.alerts.iter().filter_map(events::alert));
    if let Some(seen) = news.back_online {
        all.extend(Event::camera_status(&camera.id, camera::Status::Online, Some(seen)));
    }
    all
}

fn message<'a>(context: &Context, row: &'a detection::Model) -> DetectionMessage<'a> {
    let sign = |key: &String| {
        context.storage.signed_url(key, URL_LIFE).inspect_err(|error| tracing::warn!(%error, "unsigned")).ok()
    };
    DetectionMessage {
        id: row.id,
        person_id: row.person_id.as_deref(),
        name: row.name.as_deref(),
        camera_id: &row.camera_id,
        confidence: row.confidence,
        timestamp: rfc3339(row.timestamp),
        track_id: row.track_id.as_deref(),
        bounding_box: row.bounding_box,
        thumbnail: row.thumbnail_key.as_ref().and_then(sign),
        status: row.status,
    }
}

//! A detection as clients see it, and the list of the newest.

use std::time::Duration;

use chrono::Utc;
use entity::detection::{self, Model};
use poem_openapi::{Enum, Object};
use uuid::Uuid;

use crate::{error::ApiError, machinery::LiveQuery, polled::Prepared, state::App, timestamp::Timestamp};

/// Life of a signed address of a picture.
const PICTURE_LIFE: Duration = Duration::from_secs(3600);

/// What a recognition means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "detection::Status", rename_all = "lowercase")]
pub enum DetectionStatus {
    /// An active profile, recognised with enough confidence.
    Authorized,
    /// Somebody whose profile is pending or archived, or who has none.
    Visitor,
    /// Nobody known.
    Unknown,
}

/// A rectangle in pixels of the frame.
#[derive(Clone, Copy, Debug, Object)]
pub struct BoundingBox {
    /// Distance from the upper edge.
    top: i32,
    /// Distance from the left edge.
    left: i32,
    /// Width.
    width: i32,
    /// Height.
    height: i32,
}

/// One face in one frame.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Detection {
    /// Id.
    id: Uuid,
    /// Employee id, where somebody was recognised.
    person_id: Option<String>,
    /// Their name at that time.
    name: Option<String>,
    /// The camera.
    camera_id: String,
    /// 0 to 100.
    confidence: f64,
    /// When the frame was captured.
    timestamp: Timestamp,
    /// The provider's name for a face followed over frames.
    track_id: Option<String>,
    /// Where in the frame.
    bounding_box: Option<BoundingBox>,
    /// Signed address of the face, good for an hour.
    thumbnail: Option<String>,
    /// What the recognition means.
    status: DetectionStatus,
}

impl Detection {
    fn new(app: &App, row: Model) -> Result<Self, ApiError> {
        let thumbnail = row.thumbnail_key.as_deref().map(|key| app.storage.signed_url(key, PICTURE_LIFE));
        Ok(Self {
            thumbnail: thumbnail.transpose()?,
            id: row.id,
            person_id: row.person_id,
            name: row.name,
            camera_id: row.camera_id,
            confidence: row.confidence,
            timestamp: row.timestamp.into(),
            track_id: row.track_id,
            bounding_box: row.bounding_box.map(|area| BoundingBox {
                top: area.top,
                left: area.left,
                width: area.width,
                height: area.height,
            }),
            status: row.status.into(),
        })
    }
}

/// The newest detections, as the bytes to send.
///
/// # Errors
/// The database's.
pub async fn newest(app: &App, query: LiveQuery) -> Result<Prepared, ApiError> {
    let LiveQuery { camera_id, limit } = query;
    let rows = detection::newest(&app.db, camera_id.as_deref(), limit.into(), Utc::now()).await?;
    let detections = rows.into_iter().map(|row| Detection::new(app, row)).collect::<Result<Vec<_>, _>>()?;
    Ok(Prepared::new(&detections))
}

//! Where somebody is now, as clients see it.

use std::time::Duration;

use entity::attendance_record::{self as row, Model};
use poem_openapi::{Enum, Object};
use uuid::Uuid;

use crate::{error::ApiError, state::App, timestamp::Timestamp};

/// Life of a signed address of a picture.
const PICTURE_LIFE: Duration = Duration::from_secs(3600);

/// Where somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "row::Status", rename_all = "kebab-case")]
pub enum PresenceStatus {
    /// In the house.
    OnSite,
    /// Gone, or not seen for a while.
    OffSite,
    /// Working elsewhere.
    Remote,
}

/// One person's whereabouts.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct AttendanceRecord {
    /// Id.
    id: Uuid,
    /// Employee id.
    person_id: String,
    /// Name.
    name: String,
    /// Name of the role.
    role: Option<String>,
    /// Department.
    department: Option<String>,
    /// Where they are.
    status: PresenceStatus,
    /// Confidence of the last sighting, 0 to 100.
    accuracy: Option<f64>,
    /// The last sighting.
    timestamp: Timestamp,
    /// Camera of it.
    camera_id: Option<String>,
    /// Its name.
    camera_name: Option<String>,
    /// Signed address of the face, good for an hour.
    thumbnail: Option<String>,
}

impl AttendanceRecord {
    /// The record of `row`, with a signed picture.
    ///
    /// # Errors
    /// The picture cannot be signed.
    pub fn new(app: &App, row: Model) -> Result<Self, ApiError> {
        let thumbnail = row.thumbnail_key.as_deref().map(|key| app.storage.signed_url(key, PICTURE_LIFE));
        Ok(Self {
            thumbnail: thumbnail.transpose()?,
            id: row.id,
            person_id: row.person_id,
            name: row.name,
            role: row.role,
            department: row.department,
            status: row.status.into(),
            accuracy: row.accuracy,
            timestamp: row.timestamp.into(),
            camera_id: row.camera_id,
            camera_name: row.camera_name,
        })
    }
}

//! What attendance reads of a person's detections: when, where, and what the camera there means.

use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};

use crate::camera::Direction;

/// One authorized detection, with its camera as it is now.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Sighting {
    /// When the frame was captured.
    pub timestamp: DateTimeUtc,
    /// Camera.
    pub camera_id: String,
    /// What passing it means.
    pub direction: Direction,
    /// Seconds between its automatic captures.
    pub capture_interval_seconds: Option<i32>,
    /// Whether the camera's interval asked for the frame.
    pub automatic: bool,
}

/// A person's authorized detections from `from` on and before `until`, oldest first.
///
/// # Errors
/// The database is out of reach.
pub async fn sightings(
    db: &impl ConnectionTrait,
    person_id: &str,
    from: DateTimeUtc,
    until: DateTimeUtc,
) -> Result<Vec<Sighting>, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"SELECT seen.timestamp, seen.camera_id, camera.direction, camera.capture_interval_seconds, seen.automatic
           FROM detections AS seen JOIN cameras AS camera ON camera.id = seen.camera_id
           WHERE seen.person_id = {person_id} AND seen.status = 'authorized'
             AND seen.timestamp >= {from} AND seen.timestamp < {until}
           ORDER BY seen.timestamp, seen.camera_id"#
    );
    Sighting::find_by_statement(statement).all(db).await
}

//! Where somebody is now: one row a person, moved by the newest sighting.

use attendance::presence::{Whereabouts, observe};
use chrono::Utc;
use entity::attendance_record::{Model, Status};
use uuid::Uuid;

use super::Mark;

/// Where the person was seen; storing it refuses a sighting that is older than what is known.
pub(super) fn row(mark: &Mark<'_>) -> Option<Model> {
    let presence = observe(None, &mark.sighting)?;
    Some(Model {
        id: Uuid::now_v7(),
        person_id: mark.person.id.clone(),
        name: mark.person.name.clone().unwrap_or_else(|| mark.person.id.clone()),
        role: None,
        department: mark.person.department.clone(),
        status: status(presence.whereabouts),
        accuracy: Some(mark.face.confidence),
        timestamp: presence.at,
        camera_id: presence.camera_id,
        camera_name: Some(mark.seen.camera.name.clone()),
        thumbnail_key: mark.face.thumbnail_key.clone(),
        created_at: Utc::now(),
        updated_at: Utc::now(),
    })
}

fn status(whereabouts: Whereabouts) -> Status {
    match whereabouts {
        Whereabouts::OnSite => Status::OnSite,
        Whereabouts::OffSite => Status::OffSite,
        Whereabouts::Remote => Status::Remote,
    }
}

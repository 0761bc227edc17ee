//! Where somebody is now: one row a person, moved by the newest sighting.

use attendance::presence::{Whereabouts, observe};
use entity::attendance_record::{self, ActiveModel, Status};
use sea_orm::{ActiveValue::Set, DatabaseTransaction};

use super::Mark;
use crate::frame::look::Trouble;

/// Notes where the person was seen; the statement itself refuses a sighting that is older than what is known.
pub(super) async fn note(transaction: &DatabaseTransaction, mark: &Mark<'_>) -> Result<(), Trouble> {
    let Some(presence) = observe(None, &mark.sighting) else { return Ok(()) };
    let row = ActiveModel {
        person_id: Set(mark.person.id.clone()),
        name: Set(mark.person.name.clone().unwrap_or_else(|| mark.person.id.clone())),
        role: Set(None),
        department: Set(mark.person.department.clone()),
        status: Set(status(presence.whereabouts)),
        accuracy: Set(Some(mark.face.confidence)),
        timestamp: Set(presence.at),
        camera_id: Set(presence.camera_id),
        camera_name: Set(Some(mark.seen.camera.name.clone())),
        thumbnail_key: Set(mark.face.thumbnail_key.clone()),
        ..Default::default()
    };
    attendance_record::record_sighting(transaction, row).await?;
    Ok(())
}

fn status(whereabouts: Whereabouts) -> Status {
    match whereabouts {
        Whereabouts::OnSite => Status::OnSite,
        Whereabouts::OffSite => Status::OffSite,
        Whereabouts::Remote => Status::Remote,
    }
}

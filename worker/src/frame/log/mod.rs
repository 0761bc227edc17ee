//! Attendance: every authorized face of a frame is folded into its person's day, by the rules of the `attendance` crate. The
//! person is locked first, so that two workers who see somebody in the same second make one row.

mod presence;

use std::collections::BTreeMap;

use attendance::{DetectionStatus, Direction, Sighting};
use chrono::Utc;
use entity::{attendance_record, camera};
use sea_orm::DatabaseTransaction;

use super::{
    faces::{Face, Person},
    look::Trouble,
    record::Seen,
};
use crate::configuration::Snapshot;

/// One person in one frame.
struct Mark<'a> {
    seen: &'a Seen<'a>,
    face: &'a Face,
    person: &'a Person,
    sighting: Sighting,
}

/// Where the people in a frame are now.
pub(super) fn whereabouts(seen: &Seen<'_>) -> Vec<attendance_record::Model> {
    marks(seen).filter_map(|mark| presence::row(&mark)).collect()
}

/// Folds every authorized face into its person's day. The people must be held (see [`entity::look::store`]).
pub(super) async fn mark(
    transaction: &DatabaseTransaction,
    snapshot: &Snapshot,
    seen: &Seen<'_>,
) -> Result<(), Trouble> {
    for Mark { person, sighting, .. } in marks(seen) {
        let person = daybook::Person {
            id: person.id.clone(),
            name: person.name.clone().unwrap_or_else(|| person.id.clone()),
            department: person.department.clone(),
        };
        daybook::fold(transaction, &snapshot.site, &person, &sighting, Utc::now()).await?;
    }
    Ok(())
}

fn marks<'a>(seen: &'a Seen<'_>) -> impl Iterator<Item = Mark<'a>> {
    let people = authorized(seen).into_values();
    people.map(move |(face, person)| Mark { seen, face, person, sighting: sighting(seen) })
}

/// One face a person: of two that the provider takes for the same person, the surer one.
fn authorized<'a>(seen: &'a Seen<'_>) -> BTreeMap<&'a str, (&'a Face, &'a Person)> {
    let mut people: BTreeMap<&str, (&Face, &Person)> = BTreeMap::new();
    let faces = seen.faces.faces.iter().filter(|face| face.status == DetectionStatus::Authorized);
    for (face, person) in faces.filter_map(|face| Some((face, face.person.as_ref()?))) {
        let surer =
            people.get(person.id.as_str()).is_none_or(|(known, _)| known.confidence < face.confidence);
        if surer {
            people.insert(&person.id, (face, person));
        }
    }
    people
}

fn sighting(seen: &Seen<'_>) -> Sighting {
    Sighting {
        at: seen.frame.captured_at,
        camera_id: seen.camera.id.clone(),
        direction: direction(seen.camera.direction),
        interval_seconds: seen.camera.capture_interval_seconds.map(i32::unsigned_abs),
        trigger: seen.request.trigger,
    }
}

fn direction(stored: camera::Direction) -> Direction {
    match stored {
        camera::Direction::Entry => Direction::Entry,
        camera::Direction::Exit => Direction::Exit,
        camera::Direction::Both => Direction::Both,
    }
}

//! Attendance: every authorized face of a frame is folded into its person's day, by the rules of the `attendance` crate. The
//! person is locked first, so that two workers who see somebody in the same second make one row.

mod day;
mod presence;
mod write;

use std::collections::BTreeMap;

use attendance::{Change, DetectionStatus, Direction, Log, Sighting, apply, fold::look_back};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use entity::{attendance_record, camera, detection};
use sea_orm::DatabaseTransaction;

use super::{
    faces::{Face, Person},
    look::Trouble,
    record::Seen,
};
use crate::configuration::Snapshot;
use day::{Day, Days};

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
    for mark in marks(seen) {
        fold_in(transaction, snapshot, &mark).await?;
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

async fn fold_in(
    transaction: &DatabaseTransaction,
    snapshot: &Snapshot,
    mark: &Mark<'_>,
) -> Result<(), Trouble> {
    let days = Days::load(transaction, snapshot, mark).await?;
    let day = days.of(mark.sighting.at);
    let from = mark.sighting.at - look_back(&snapshot.rules(), &mark.sighting);
    let recent = sightings(transaction, &mark.person.id, from, DateTime::<Utc>::MAX_UTC).await?;
    let zone = days.plan.zone();
    match apply(day.log().as_ref(), &recent, &mark.sighting, &days.context(day, snapshot)) {
        Change::Unchanged => Ok(()),
        Change::Opened(log) => write::save(transaction, mark, zone, day, &log, false).await,
        Change::Moved { log, by_exit } => write::save(transaction, mark, zone, day, &log, by_exit).await,
        Change::Recompute => {
            for (day, log) in days.recompute(transaction, snapshot, mark).await? {
                put_right(transaction, mark, zone, day, log).await?;
            }
            Ok(())
        }
    }
}

/// Brings a day's row to what its sightings give.
async fn put_right(
    transaction: &DatabaseTransaction,
    mark: &Mark<'_>,
    zone: Tz,
    day: &Day,
    log: Option<Log>,
) -> Result<(), Trouble> {
    match (log, day.log()) {
        (log, stored) if log == stored => Ok(()),
        (Some(log), _) => write::save(transaction, mark, zone, day, &log, false).await,
        (None, _) => write::withdraw(transaction, day).await,
    }
}

/// A person's authorized detections from `from` on and before `until`, as the rules see them.
async fn sightings(
    transaction: &DatabaseTransaction,
    person: &str,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Sighting>, Trouble> {
    let rows = detection::sightings(transaction, person, from, until).await?;
    let as_seen = |row: detection::Sighting| Sighting {
        at: row.timestamp,
        camera_id: row.camera_id,
        direction: direction(row.direction),
        interval_seconds: row.capture_interval_seconds.map(i32::unsigned_abs),
        trigger: if row.automatic { attendance::Trigger::Automatic } else { attendance::Trigger::OnDemand },
    };
    Ok(rows.into_iter().map(as_seen).collect())
}

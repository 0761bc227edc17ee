//! What cameras saw of a person: the sightings that the rules judge, and the detection behind a check-in, which tells camera,
//! place and confidence of the log.

use attendance::{Direction, Log, Sighting, Trigger};
use chrono::{DateTime, Utc};
use entity::{camera, detection, detection_provider_config::ProviderKind};
use sea_orm::{ConnectionTrait, DbErr};

/// A person's authorized detections of some stretch of time.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub sightings: Vec<Sighting>,
    rows: Vec<detection::Sighting>,
}

impl Seen {
    /// Those from `from` on and before `until`.
    pub async fn load(
        db: &impl ConnectionTrait,
        person: &str,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Self, DbErr> {
        Ok(Self::of(detection::sightings(db, person, from, until).await?))
    }

    /// Those that were read already.
    pub fn of(rows: Vec<detection::Sighting>) -> Self {
        Self { sightings: rows.iter().map(as_seen).collect(), rows }
    }

    /// The newest of them.
    pub fn latest(&self) -> Option<DateTime<Utc>> {
        self.sightings.iter().map(|sighting| sighting.at).max()
    }

    /// The detection that opened the log; of two of one person in one frame, the surer.
    pub fn of_check_in(&self, log: &Log) -> Option<&detection::Sighting> {
        let camera = log.camera_id.as_deref()?;
        let opened = self.rows.iter().filter(|row| row.timestamp == log.check_in && row.camera_id == camera);
        opened.max_by(|one, other| one.confidence.total_cmp(&other.confidence))
    }
}

/// Our own provider's score is a distance; those of others are not.
pub(crate) fn distance(row: &detection::Sighting) -> Option<f64> {
    row.provider_score.filter(|_| row.provider_kind == ProviderKind::Rollcall)
}

fn as_seen(row: &detection::Sighting) -> Sighting {
    Sighting {
        at: row.timestamp,
        camera_id: row.camera_id.clone(),
        direction: direction(row.direction),
        interval_seconds: row.capture_interval_seconds.map(i32::unsigned_abs),
        trigger: if row.automatic { Trigger::Automatic } else { Trigger::OnDemand },
    }
}

fn direction(stored: camera::Direction) -> Direction {
    match stored {
        camera::Direction::Entry => Direction::Entry,
        camera::Direction::Exit => Direction::Exit,
        camera::Direction::Both => Direction::Both,
    }
}

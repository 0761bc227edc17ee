//! One authorized detection of one person, as far as attendance cares about it.
//!
//! Sightings carry the time of capture. They may be processed late and in any order; their own order, by
//! time and then by camera, is what the rules go by.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Which way people pass a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// People come in here.
    Entry,
    /// People leave here.
    Exit,
    /// Both, or neither: a camera somewhere inside.
    Both,
}

/// Why the frame was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// Somebody asked for this frame.
    OnDemand,
    /// The camera's interval was due.
    Automatic,
}

/// A person seen by a camera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// When the frame was captured.
    pub at: DateTime<Utc>,
    /// The camera that captured it.
    pub camera_id: String,
    /// Which way people pass that camera.
    pub direction: Direction,
    /// The camera's interval of automatic captures, in seconds; `None` when it only works on demand.
    pub interval_seconds: Option<u32>,
    /// Why the frame was captured.
    pub trigger: Trigger,
}

impl Sighting {
    /// What sightings are ordered by. Two with the same key are the same frame.
    #[must_use]
    pub fn key(&self) -> (DateTime<Utc>, &str, Trigger) {
        (self.at, &self.camera_id, self.trigger)
    }
}

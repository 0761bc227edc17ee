//! Who is on site now: one row a person, moved by the newest sighting only.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::sighting::{Direction, Sighting};

/// Where a person is believed to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whereabouts {
    /// Seen, and not leaving.
    OnSite,
    /// Left through an exit, or not seen for long.
    OffSite,
    /// Works elsewhere, as entered by hand; being seen on site ends it, not being seen does not.
    Remote,
}

impl Whereabouts {
    /// The text stored in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnSite => "on-site",
            Self::OffSite => "off-site",
            Self::Remote => "remote",
        }
    }
}

/// A person's presence: the rule-made part of an `attendance_records` row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Where the person is.
    pub whereabouts: Whereabouts,
    /// When the sighting behind this was captured. A time-out leaves it as it is.
    pub at: DateTime<Utc>,
    /// The camera of that sighting; `None` when entered by hand.
    pub camera_id: Option<String>,
}

/// The presence after `sighting`, or `None` when a newer one is already known and nothing changes.
///
/// Of two captures at the same instant the one of the greater camera id counts, so that the order in which
/// workers finish does not matter.
#[must_use]
pub fn observe(current: Option<&Presence>, sighting: &Sighting) -> Option<Presence> {
    let known = current.map(|presence| (presence.at, presence.camera_id.as_deref()));
    if known >= Some((sighting.at, Some(sighting.camera_id.as_str()))) {
        return None;
    }
    let whereabouts = match sighting.direction {
        Direction::Exit => Whereabouts::OffSite,
        Direction::Entry | Direction::Both => Whereabouts::OnSite,
    };
    Some(Presence { whereabouts, at: sighting.at, camera_id: Some(sighting.camera_id.clone()) })
}

/// Whether a person on site was last seen `timeout` ago or longer, and so counts as gone.
#[must_use]
pub fn is_expired(presence: &Presence, now: DateTime<Utc>, timeout: TimeDelta) -> bool {
    presence.whereabouts == Whereabouts::OnSite && now - presence.at >= timeout
}

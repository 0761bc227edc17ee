//! What a detection is: somebody who belongs here, a visitor, or unknown.

use serde::{Deserialize, Serialize};

/// The status of a detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DetectionStatus {
    /// A confident match of an active profile: counts for attendance.
    Authorized,
    /// A confident match of somebody without an active profile.
    Visitor,
    /// Nobody, or nobody for certain.
    Unknown,
}

impl DetectionStatus {
    /// The text stored in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authorized => "authorized",
            Self::Visitor => "visitor",
            Self::Unknown => "unknown",
        }
    }
}

/// The status of a face profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProfileStatus {
    /// Enrolled.
    Active,
    /// Enrolment is under way.
    Pending,
    /// No longer in use.
    Archived,
}

/// What the provider said about a face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// Confidence of the match, 0 to 100.
    pub confidence: f64,
    /// The profile of the matched id; `None` when the id has no profile here.
    pub profile: Option<ProfileStatus>,
}

/// The status of a face. A match below `min_confidence` is no match at all: its id must not be stored with
/// the detection, since it would name somebody who may never have been there.
#[must_use]
pub fn classify(found: Option<Match>, min_confidence: f64) -> DetectionStatus {
    match found {
        Some(found) if found.confidence >= min_confidence => of_profile(found.profile),
        Some(_) | None => DetectionStatus::Unknown,
    }
}

fn of_profile(profile: Option<ProfileStatus>) -> DetectionStatus {
    match profile {
        Some(ProfileStatus::Active) => DetectionStatus::Authorized,
        Some(ProfileStatus::Pending | ProfileStatus::Archived) | None => DetectionStatus::Visitor,
    }
}

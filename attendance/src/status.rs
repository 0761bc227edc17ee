//! Present, late or missed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::shift::Occurrence;

/// The status of an attendance log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// In time, or without a shift to be in time for.
    Present,
    /// First seen after the shift's start and its grace.
    Late,
    /// Expected, and not seen at all.
    Missed,
}

impl Status {
    /// The text stored in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Late => "late",
            Self::Missed => "missed",
        }
    }
}

/// The status of somebody who arrived at `check_in` for `shift`. The last instant of the grace is in time.
#[must_use]
pub fn on_arrival(check_in: DateTime<Utc>, shift: Option<&Occurrence>) -> Status {
    match shift {
        Some(shift) if check_in > shift.late_after => Status::Late,
        Some(_) | None => Status::Present,
    }
}

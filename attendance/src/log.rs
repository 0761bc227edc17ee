//! One person's attendance on one day, as the rules compute it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::status::Status;

/// The part of an `attendance_logs` row that follows from sightings and from what was entered by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// When the person came.
    pub check_in: DateTime<Utc>,
    /// When the person was last known to leave, never before `check_in`; `None` while the log is open.
    pub check_out: Option<DateTime<Utc>>,
    /// The camera of the check-in; `None` when it was entered by hand.
    pub camera_id: Option<String>,
    /// The shift that the arrival is measured against.
    pub shift_id: Option<String>,
    /// Present, late, or what was entered by hand.
    pub status: Status,
}

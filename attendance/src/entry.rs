//! What people entered by hand about a day. It wins over every camera.
//!
//! Only what was entered is fixed: cameras fill in the rest, so that a check-in by hand still gets its
//! check-out from the door.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::status::Status;

/// The fields of a log that were entered by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Entry {
    check_in: Option<DateTime<Utc>>,
    check_out: Option<DateTime<Utc>>,
    status: Option<Status>,
}

/// A check-out before the check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the check-out is before the check-in")]
pub struct OutBeforeIn;

impl Entry {
    /// Nothing was entered by hand.
    pub const NOTHING: Self = Self { check_in: None, check_out: None, status: None };

    /// What was entered; `None` leaves the field to the cameras.
    ///
    /// # Errors
    /// Fails when the check-out is before the check-in.
    pub fn new(
        check_in: Option<DateTime<Utc>>,
        check_out: Option<DateTime<Utc>>,
        status: Option<Status>,
    ) -> Result<Self, OutBeforeIn> {
        let backwards = check_in.zip(check_out).is_some_and(|(came, left)| left < came);
        if backwards { Err(OutBeforeIn) } else { Ok(Self { check_in, check_out, status }) }
    }

    /// Nothing but that the person was not there: no camera knows better.
    pub const ABSENCE: Self = Self { check_in: None, check_out: None, status: Some(Status::Missed) };

    /// Whether somebody entered that the person was not there.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        self.status == Some(Status::Missed)
    }

    /// The check-in entered by hand.
    #[must_use]
    pub fn check_in(&self) -> Option<DateTime<Utc>> {
        self.check_in
    }

    /// The check-out entered by hand.
    #[must_use]
    pub fn check_out(&self) -> Option<DateTime<Utc>> {
        self.check_out
    }

    /// The status entered by hand.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        self.status
    }
}

#[derive(Deserialize)]
struct Fields {
    check_in: Option<DateTime<Utc>>,
    check_out: Option<DateTime<Utc>>,
    status: Option<Status>,
}

impl TryFrom<Fields> for Entry {
    type Error = OutBeforeIn;

    fn try_from(fields: Fields) -> Result<Self, OutBeforeIn> {
        Self::new(fields.check_in, fields.check_out, fields.status)
    }
}

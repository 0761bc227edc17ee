//! What people send to write attendance.

use attendance::Status;
use chrono::{DateTime, Utc};
use daybook::Field;
use poem_openapi::{Object, types::MaybeUndefined};

use super::super::log::LogStatus;
use crate::{
    error::{ApiError, FieldIssue},
    extract::OneLine,
    timestamp::Timestamp,
};

/// Somebody was there.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ManualEntry {
    /// Who.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub employee_id: OneLine,
    /// Where, if that is known.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub camera_id: Option<OneLine>,
    /// When: not in the future, and at most a year ago.
    pub timestamp: Timestamp,
    /// What the rules say, where absent.
    pub status: Option<LogStatus>,
    /// Free text.
    #[oai(validator(max_length = 1000))]
    pub note: Option<String>,
}

/// Changes of a log: what is absent stays, null takes back what was entered.
#[derive(Clone, Debug, Default, Object)]
#[oai(rename_all = "camelCase")]
pub struct LogChanges {
    /// When the person came: an RFC 3339 timestamp, or `HH:MM:SS` of the site on the log's day.
    #[oai(validator(max_length = 40))]
    pub time_in: MaybeUndefined<String>,
    /// When the person left: an RFC 3339 timestamp, or `HH:MM:SS` of the site, the first after the check-in.
    #[oai(validator(max_length = 40))]
    pub time_out: MaybeUndefined<String>,
    /// `missed` says that the person was not there.
    pub status: MaybeUndefined<LogStatus>,
    /// Free text.
    #[oai(validator(max_length = 1000))]
    pub note: MaybeUndefined<String>,
}

/// The same with the log's id.
#[derive(Clone, Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct IdentifiedChanges {
    /// Which log.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub id: String,
    /// What changes.
    #[oai(flatten)]
    pub changes: LogChanges,
}

/// A status in the rules' words.
pub fn judged(status: LogStatus) -> Status {
    match status {
        LogStatus::Present => Status::Present,
        LogStatus::Late => Status::Late,
        LogStatus::Missed => Status::Missed,
    }
}

/// What becomes of a field that the client may send, leave out, or send as null.
pub fn field<T, U>(given: MaybeUndefined<T>, read: impl FnOnce(T) -> U) -> Field<U> {
    match given {
        MaybeUndefined::Undefined => Field::Keep,
        MaybeUndefined::Null => Field::Clear,
        MaybeUndefined::Value(value) => Field::Enter(read(value)),
    }
}

/// Free text without the blanks around it; a blank one is none.
pub fn note(given: MaybeUndefined<String>) -> Field<String> {
    match field(given, |text| text.trim().to_owned()) {
        Field::Enter(text) if text.is_empty() => Field::Clear,
        other => other,
    }
}

/// Years of chrono and of PostgreSQL differ, so times beyond all reason are refused before the rules see them.
///
/// # Errors
/// Names `name`.
pub fn sensible(name: &str, at: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, ApiError> {
    let far = chrono::TimeDelta::days(10 * 366);
    if (at - now).abs() < far {
        return Ok(at);
    }
    Err(ApiError::Validation(vec![FieldIssue::new(name, "must be a time of the last year")]))
}

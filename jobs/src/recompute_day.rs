//! A day of attendance anew from its detections.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use queue::{Unique, Window};
use serde::{Deserialize, Serialize};

use crate::{Job, queues};

/// Recompute the logs of a day, of one person or of everybody; what people entered stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecomputeDay {
    /// Day of the site.
    pub date: NaiveDate,
    /// Whose; everybody's where absent.
    pub employee_id: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecomputeReport {
    /// People who were looked at.
    pub people: usize,
    /// Logs that came out differently.
    pub changed: usize,
    /// The first of them.
    pub changes: Vec<LogChange>,
}

/// A log that came out differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogChange {
    /// Whose.
    pub employee_id: String,
    /// The day: the one asked for, or the next, where sightings went over to it.
    pub date: NaiveDate,
    /// As it was; null where there was none.
    pub before: Option<LogTimes>,
    /// As it is; null where there is none any more.
    pub after: Option<LogTimes>,
}

/// What a log says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogTimes {
    /// When the person came.
    pub check_in: DateTime<Utc>,
    /// When the person left.
    pub check_out: Option<DateTime<Utc>>,
    /// Present or late.
    pub status: String,
}

impl Job for RecomputeDay {
    const KIND: &'static str = "recompute_day";
    const QUEUE: &'static str = queues::DEFAULT;
    const MAX_ATTEMPTS: u32 = 3;
    const TIMEOUT: Duration = Duration::from_secs(600);
    type Output = RecomputeReport;

    /// One that waits stands in for a second: it has not looked yet.
    fn unique(&self) -> Option<Unique> {
        let whose = self.employee_id.as_deref().unwrap_or("*");
        Some(Unique { key: format!("recompute_day:{}:{whose}", self.date), window: Window::UntilFinished })
    }
}

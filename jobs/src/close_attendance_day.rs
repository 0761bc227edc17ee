//! The close of site days.

use std::time::Duration;

use chrono::NaiveDate;
use queue::{Unique, Window};
use serde::{Deserialize, Serialize};

use crate::{Job, queues};

/// Close every site day that is over: open logs get their check-out, and people who were expected and did not come a `missed` row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseAttendanceDay {}

/// What was closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CloseReport {
    /// Days that were closed for the first time; more than one after an outage.
    pub days: Vec<NaiveDate>,
    /// Logs that got their check-out.
    pub checked_out: u64,
    /// People who were missed.
    pub missed: u64,
}

impl Job for CloseAttendanceDay {
    const KIND: &'static str = "close_attendance_day";
    const QUEUE: &'static str = queues::DEFAULT;
    const MAX_ATTEMPTS: u32 = 3;
    const TIMEOUT: Duration = Duration::from_secs(300);
    type Output = CloseReport;

    fn unique(&self) -> Option<Unique> {
        Some(Unique { key: "close_attendance_day".to_owned(), window: Window::UntilFinished })
    }
}

//! The daily tidying of the database.

use std::time::Duration;

use queue::{Unique, Window};
use serde::{Deserialize, Serialize};

use crate::{Job, queues};

/// Remove what is older than the configured retention, and make the partitions of the days to come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanupOldData {}

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CleanupReport {
    /// Days of detections.
    pub detection_days: i32,
    /// Detections whose day had no partition.
    #[serde(default)]
    pub detections: u64,
    /// Rows of the event log.
    pub events: u64,
    /// Rows of the audit trail.
    pub audit: u64,
    /// Outbox rows of jobs that have ended.
    pub jobs: u64,
    /// Answers to calls with an `Idempotency-Key` that nobody can repeat any more.
    pub answers: u64,
    /// Guards of effects whose jobs cannot run again.
    pub effects: u64,
    /// Refresh tokens that have expired.
    #[serde(default)]
    pub sessions: u64,
    /// Counts of failed sign-ins that lock nobody any more.
    #[serde(default)]
    pub sign_ins: u64,
    /// Readings of machines.
    #[serde(default)]
    pub metrics: u64,
    /// Exports whose time is over.
    #[serde(default)]
    pub exports: u64,
    /// Rows of exports that ended long ago.
    #[serde(default)]
    pub export_rows: u64,
    /// Files of exports.
    #[serde(default)]
    pub export_files: u64,
    /// Snapshots and thumbnails.
    #[serde(default)]
    pub pictures: u64,
    /// Uploads that were never ended.
    #[serde(default)]
    pub uploads: u64,
}

impl Job for CleanupOldData {
    const KIND: &'static str = "cleanup_old_data";
    const QUEUE: &'static str = queues::SYSTEM;
    const MAX_ATTEMPTS: u32 = 3;
    const TIMEOUT: Duration = Duration::from_secs(600);
    type Output = CleanupReport;

    fn unique(&self) -> Option<Unique> {
        Some(Unique { key: "cleanup_old_data".to_owned(), window: Window::UntilFinished })
    }
}

//! A report that somebody asked for, or that comes by a schedule.

use std::time::Duration;

use entity::export_job::ExportFormat;
use serde::{Deserialize, Serialize};

use crate::{Content, FileReport, Job, queues};

/// Write a report into a file, and send it where it was ordered by mail; its row has the job's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerateReport {
    /// What is in it.
    pub content: Content,
    /// Format of the file.
    pub format: ExportFormat,
    /// Heading, where it is not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whether a CSV begins with a byte order mark, by which Excel knows UTF-8.
    #[serde(default)]
    pub bom: bool,
    /// Mail addresses that get the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<String>,
}

impl Job for GenerateReport {
    const KIND: &'static str = "generate_report";
    const QUEUE: &'static str = queues::EXPORTS;
    const MAX_ATTEMPTS: u32 = 3;
    const TIMEOUT: Duration = Duration::from_secs(300);
    type Output = FileReport;
}

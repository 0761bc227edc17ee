//! A file of attendance logs that somebody asked for.

use std::time::Duration;

use entity::export_job::ExportFormat;
use serde::{Deserialize, Serialize};

use crate::{Content, Job, queues};

/// Write the logs into a file; the export's row has the job's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerateExport {
    /// What is in it.
    pub content: Content,
    /// Format of the file.
    pub format: ExportFormat,
    /// Whether a CSV begins with a byte order mark, by which Excel knows UTF-8.
    #[serde(default)]
    pub bom: bool,
}

/// What became of an export or a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileReport {
    /// Rows in the file.
    pub record_count: i64,
    /// Bytes.
    pub file_size: i64,
}

impl Job for GenerateExport {
    const KIND: &'static str = "generate_export";
    const QUEUE: &'static str = queues::EXPORTS;
    const MAX_ATTEMPTS: u32 = 3;
    const TIMEOUT: Duration = Duration::from_secs(300);
    type Output = FileReport;
}

//! A file as clients see it.

use std::time::Duration;

use entity::export_job::{self as row, Model};
use poem_openapi::{Enum, Object};
use sea_orm::ActiveEnum as _;
use serde_json::Value;
use uuid::Uuid;

use crate::{error::ApiError, state::App, timestamp::Timestamp};

/// How long the address of a file holds.
const URL_LIFE: Duration = Duration::from_secs(7 * 86_400);

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "row::ExportKind", rename_all = "lowercase")]
pub enum ExportKind {
    /// Attendance logs.
    Attendance,
    /// One day.
    Daily,
    /// One month.
    Monthly,
    /// Departments.
    Department,
    /// The audit trail.
    Audit,
    /// One person's history.
    History,
}

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "row::ExportFormat", rename_all = "lowercase")]
pub enum ExportFormat {
    /// Comma-separated values, RFC 4180, UTF-8.
    Csv,
    /// A workbook.
    Xlsx,
    /// For reading and printing.
    Pdf,
}

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "row::Status", rename_all = "lowercase")]
pub enum ExportStatus {
    /// Waits for a worker.
    Queued,
    /// Being written.
    Processing,
    /// Ready.
    Completed,
    /// It could not be made, or was called off.
    Failed,
    /// Its time is over.
    Expired,
}

/// A file that was asked for.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Export {
    /// Id; its job has the same.
    id: Uuid,
    /// What is in it.
    #[oai(rename = "type")]
    kind: ExportKind,
    /// Format of the file.
    format: ExportFormat,
    /// Heading, where one was given.
    title: Option<String>,
    /// The days that it is about: `2026-11-01-to-2026-11-30`, `from-2026-11-01`, `2026-11`, `2026-11-19`, `all`.
    period: Option<String>,
    /// What was asked for.
    filters: Value,
    /// How far it is.
    status: ExportStatus,
    /// 0 to 100.
    progress: i32,
    /// Rows in the file.
    record_count: Option<i64>,
    /// Bytes.
    file_size: Option<i64>,
    /// Why there is no file; `cancelled` where somebody called it off.
    error_message: Option<String>,
    /// Who asked for it.
    user_id: Uuid,
    /// When it was asked for.
    created_at: Timestamp,
    /// When the file was ready.
    generated_at: Option<Timestamp>,
    /// When the file is removed.
    expires_at: Option<Timestamp>,
    /// Where the file is, signed; null while there is none.
    download_url: Option<String>,
}

impl Export {
    /// The row as clients see it, with an address where it has a file.
    ///
    /// # Errors
    /// A key that cannot be signed.
    pub fn new(app: &App, row: Model) -> Result<Self, ApiError> {
        Ok(Self {
            download_url: download_url(app, &row)?,
            id: row.id,
            kind: row.kind.into(),
            format: row.format.into(),
            title: row.title,
            period: row.description,
            filters: row.filters,
            status: row.status.into(),
            progress: row.progress,
            record_count: row.record_count,
            file_size: row.file_size,
            error_message: row.error_message,
            user_id: row.user_id,
            created_at: row.created_at.into(),
            generated_at: row.generated_at.map(Timestamp),
            expires_at: row.expires_at.map(Timestamp),
        })
    }
}

/// The signed address of a file, where it has one.
///
/// # Errors
/// A key that cannot be signed.
pub fn download_url(app: &App, row: &Model) -> Result<Option<String>, ApiError> {
    let Some(key) = row.s3_key.as_ref().filter(|_| row.status == row::Status::Completed) else {
        return Ok(None);
    };
    Ok(Some(app.storage.signed_download(key, URL_LIFE, &file_name(row))?))
}

/// What a browser saves the file as: `attendance-2026-11-01-to-2026-11-30.csv`. Rows from before periods were kept have the day
/// on which their file was made.
fn file_name(row: &Model) -> String {
    let made = || row.generated_at.unwrap_or(row.created_at).format("%Y-%m-%d").to_string();
    let period = row.description.clone().unwrap_or_else(made);
    format!("{}-{period}.{}", row.kind.to_value(), row.format.to_value())
}

/// Why a file cannot be downloaded.
pub fn why_no_file(row: &Model) -> ApiError {
    ApiError::InvalidState(match row.status {
        row::Status::Queued | row::Status::Processing => "the file is not ready yet".into(),
        row::Status::Failed => "the file could not be made".into(),
        row::Status::Completed | row::Status::Expired => "the file's time is over".into(),
    })
}

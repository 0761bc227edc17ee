//! Files made for users: exports and reports. The file expires and is removed with its row.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::key::uuid_v7_key;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    /// Attendance logs as filtered.
    Attendance,
    /// One day.
    Daily,
    /// One month.
    Monthly,
    /// One department.
    Department,
    /// The audit trail.
    Audit,
    /// One person's history.
    History,
}

/// Formats of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Comma separated.
    Csv,
    /// A workbook.
    Xlsx,
    /// A printable document.
    Pdf,
}

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waiting for a worker.
    Queued,
    /// Being written.
    Processing,
    /// Ready.
    Completed,
    /// It could not be made.
    Failed,
    /// The file is gone.
    Expired,
}

/// One file.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "export_jobs")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who asked for it.
    pub user_id: Uuid,
    /// What is in it.
    #[sea_orm(column_name = "type")]
    pub kind: ExportKind,
    /// Format of the file.
    pub format: ExportFormat,
    /// Heading.
    pub title: Option<String>,
    /// More.
    pub description: Option<String>,
    /// What was asked for.
    #[sea_orm(column_type = "JsonBinary")]
    pub filters: Json,
    /// How far it is.
    pub status: Status,
    /// Percent.
    pub progress: i32,
    /// Rows in the file.
    pub record_count: Option<i64>,
    /// Bytes.
    pub file_size: Option<i64>,
    /// Object storage key.
    pub s3_key: Option<String>,
    /// Why it failed.
    pub error_message: Option<String>,
    /// When the file was ready.
    pub generated_at: Option<DateTimeUtc>,
    /// When it is removed.
    pub expires_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

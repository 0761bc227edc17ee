//! Files made for users: exports and reports. One has the id of the job that makes it. Its status says whether it is still
//! wanted: whoever calls it off moves the row first, and the job stores nothing for a row that has ended.

mod end;
mod expiry;
mod list;

pub use end::{Finished, Interrupted, complete, fail, interrupt, record_ends, reopen};
pub use expiry::{delete_before, expire, living};
pub use list::{Filter, list};

use sea_orm::ActiveValue::Set;
use sea_orm::QuerySelect as _;
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
    /// Key: the id of its job.
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
    /// The days that it is about, as they stand in names of files: `2026-11-01-to-2026-11-30`.
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
    /// Object storage key; from the moment at which a job begins to write it.
    pub s3_key: Option<String>,
    /// Why it failed.
    pub error_message: Option<String>,
    /// When the file was ready.
    pub generated_at: Option<DateTimeUtc>,
    /// When it is removed.
    pub expires_at: Option<DateTimeUtc>,
    /// The schedule that asked for it, where no person did.
    pub schedule_id: Option<Uuid>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

/// Notes that a job has begun to write the file under `key`; false where nobody wants it any more. A job may begin before the retry
/// is committed that started it: that is waited for.
///
/// # Errors
/// The database is out of reach.
pub async fn begin(db: &impl ConnectionTrait, id: Uuid, key: &str) -> Result<bool, DbErr> {
    let begun = ActiveModel {
        status: Set(Status::Processing),
        progress: Set(0),
        s3_key: Set(Some(key.to_owned())),
        ..Default::default()
    };
    Entity::find_by_id(id).lock_shared().one(db).await?;
    let rows = Entity::update_many().set(begun).filter(is_wanted(id)).exec(db).await?.rows_affected;
    Ok(rows == 1)
}

/// Notes how far the file is, in percent.
///
/// # Errors
/// The database is out of reach.
pub async fn note_progress(db: &impl ConnectionTrait, id: Uuid, percent: u8) -> Result<(), DbErr> {
    let further = ActiveModel { progress: Set(percent.min(100).into()), ..Default::default() };
    Entity::update_many().set(further).filter(is_wanted(id)).exec(db).await.map(drop)
}

/// The export `id`, while it has not ended.
fn is_wanted(id: Uuid) -> sea_orm::Condition {
    sea_orm::Condition::all()
        .add(Column::Id.eq(id))
        .add(Column::Status.is_in([Status::Queued, Status::Processing]))
}

//! Reports that come by themselves.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::export_job::{ExportFormat, ExportKind};
use crate::key::uuid_v7_key;
use crate::text_list::TextList;

/// One recurring report.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "report_schedules")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who set it up.
    pub user_id: Uuid,
    /// When, five or six fields.
    pub cron: String,
    /// IANA zone of `cron`.
    pub timezone: String,
    /// What is in it.
    #[sea_orm(column_name = "type")]
    pub kind: ExportKind,
    /// Format of the file.
    pub format: ExportFormat,
    /// What is asked for.
    #[sea_orm(column_type = "JsonBinary")]
    pub filters: Json,
    /// Mail addresses.
    #[sea_orm(column_type = "JsonBinary")]
    pub recipients: TextList,
    /// Whether it runs.
    pub enabled: bool,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

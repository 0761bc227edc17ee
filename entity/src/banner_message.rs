//! Messages across the top of the screen, shown to everybody within their window of time.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::key::uuid_v7_key;
use crate::level::Level;

/// One banner.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "banner_messages")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The text.
    pub message: String,
    /// How much it matters.
    pub level: Level,
    /// Shown from then on.
    pub starts_at: DateTimeUtc,
    /// Shown until then; null means until removed.
    pub ends_at: Option<DateTimeUtc>,
    /// Who wrote it.
    pub created_by: Uuid,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

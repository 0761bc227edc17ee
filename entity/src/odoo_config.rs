//! How Odoo is reached, in one row (`id` = 1). The API key is kept sealed; counts of logs are computed, never stored.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// How Odoo is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It answers.
    Connected,
    /// Never tried, or switched off.
    Disconnected,
    /// It refuses, for example an expired key.
    Error,
}

/// Settings of the Odoo connection.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "odoo_config")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// Address of the server.
    pub base_url: String,
    /// Database name.
    pub database: String,
    /// Login.
    pub username: String,
    /// Company name.
    pub company: Option<String>,
    /// Sealed key.
    pub api_key: Option<Secret>,
    /// Whether the schedule syncs.
    pub auto_sync: bool,
    /// How it was at the last call.
    pub status: Status,
    /// Last sync that ended well.
    pub last_sync: Option<DateTimeUtc>,
    /// Rises by one with each edit by a person.
    pub version: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

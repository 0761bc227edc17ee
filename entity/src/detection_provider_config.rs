//! Which recogniser is asked, in one row (`id` = 1). The API key is kept sealed.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// Protocols of recognisers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// Our own provider.
    Rollcall,
    /// CompreFace 1.2.
    Compreface,
    /// DeepStack and CodeProject.AI.
    Deepstack,
    /// Any service that speaks the plain contract.
    Http,
}

/// How the recogniser is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It answers.
    Connected,
    /// Slow, or with some failures.
    Degraded,
    /// It does not answer.
    Offline,
}

/// The recogniser's settings.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "detection_provider_config")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// Name shown to people.
    pub provider_name: String,
    /// Which protocol it speaks.
    pub kind: ProviderKind,
    /// Base address.
    pub endpoint: String,
    /// Sealed key.
    pub api_key: Option<Secret>,
    /// Whether it is asked at all.
    pub enabled: bool,
    /// 0 to 100: from here on a match counts.
    pub min_confidence: f64,
    /// Limit of one call in milliseconds.
    pub timeout_ms: i32,
    /// How it was at the last call.
    pub status: Status,
    /// Last answer.
    pub last_heartbeat: Option<DateTimeUtc>,
    /// Moving average in milliseconds.
    pub average_latency_ms: f64,
    /// Rises by one with each edit by a person.
    pub version: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

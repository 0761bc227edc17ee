//! Personal keys for programs. The key is shown once; only its hash is kept.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::key::uuid_v7_key;
use crate::secret::Secret;
use crate::text_list::TextList;

/// One key.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose key it is.
    pub user_id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// SHA-256 of the key, in hex.
    pub key_hash: Secret,
    /// Permissions it carries, a subset of its owner's.
    #[sea_orm(column_type = "JsonBinary")]
    pub scopes: TextList,
    /// Worthless from then on.
    pub expires_at: Option<DateTimeUtc>,
    /// Last request with it.
    pub last_used_at: Option<DateTimeUtc>,
    /// When it was taken back.
    pub revoked_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

//! Signed-in devices, one row per refresh token. Rotating a token ends its row and starts the next one of the same family;
//! the family is what an access token names (`sid`), so an older access token of a living family stays good until it expires.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::key::uuid_v7_key;
use crate::secret::Secret;

/// Why a refresh token ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum RevocationReason {
    /// Spent for its successor.
    Rotated,
    /// A spent token of the family came back: it may be stolen.
    Reused,
    /// Its user signed out or removed the device.
    SignedOut,
    /// The password was changed.
    PasswordChanged,
    /// The account was suspended or deleted.
    Suspended,
}

/// One refresh token.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "user_sessions")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who is signed in.
    pub user_id: Uuid,
    /// All tokens that came from one sign-in.
    pub family_id: Uuid,
    /// SHA-256 of the refresh token, in hex.
    pub refresh_token_hash: Secret,
    /// Identifier sent by the device.
    pub device_id: Option<String>,
    /// Name shown in the list of devices.
    pub device_name: Option<String>,
    /// Address at sign-in.
    pub ip_address: Option<IpNetwork>,
    /// Browser or program at sign-in.
    pub user_agent: Option<String>,
    /// When this token was given out.
    pub issued_at: DateTimeUtc,
    /// Worthless from then on.
    pub expires_at: DateTimeUtc,
    /// When it was spent.
    pub last_used_at: Option<DateTimeUtc>,
    /// When it ended; null while it can still be used.
    pub revoked_at: Option<DateTimeUtc>,
    /// Why it ended.
    pub revocation_reason: Option<RevocationReason>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

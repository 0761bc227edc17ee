//! People who sign in. A deleted user keeps the row (`deleted_at`), so that history can name them; the e-mail address and the employee id are free again.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::key::uuid_v7_key;
use crate::secret::Secret;

/// Whether an account may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It may.
    Active,
    /// It may not, and its sessions end.
    Suspended,
}

/// An account.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Address to sign in with; unique without case among the living.
    pub email: String,
    /// Full name.
    pub name: String,
    /// bcrypt hash.
    pub hashed_password: Secret,
    /// Role, which decides the permissions.
    pub role_id: String,
    /// Whether they may sign in.
    pub status: Status,
    /// Which person this account belongs to, `EMP-…`.
    pub employee_id: Option<String>,
    /// Department.
    pub department_id: Option<Uuid>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Object storage key of the picture.
    pub avatar_key: Option<String>,
    /// First day at work.
    pub join_date: Option<Date>,
    /// Last successful sign-in.
    pub last_login: Option<DateTimeUtc>,
    /// Last request, to the minute.
    pub last_active: Option<DateTimeUtc>,
    /// When it was deleted; null while living.
    pub deleted_at: Option<DateTimeUtc>,
    /// Rises by one with each edit.
    pub version: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
    /// The role itself.
    #[sea_orm(belongs_to, from = "role_id", to = "id")]
    pub role: BelongsTo<super::role::Entity>,
}

uuid_v7_key!();

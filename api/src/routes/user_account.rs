//! A user as clients see it.

use std::time::Duration;

use chrono::NaiveDate;
use entity::{department, user};
use poem_openapi::{Enum, Object};
use sea_orm::{ConnectionTrait, EntityTrait as _};
use uuid::Uuid;

use crate::{error::ApiError, state::App, timestamp::Timestamp};

/// Life of the signed address of a face.
const AVATAR_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Whether an account may sign in.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub enum AccountStatus {
    /// It may.
    Active,
    /// It may not.
    Suspended,
}

impl From<user::Status> for AccountStatus {
    fn from(status: user::Status) -> Self {
        match status {
            user::Status::Active => Self::Active,
            user::Status::Suspended => Self::Suspended,
        }
    }
}

/// A user.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct UserAccount {
    /// Id.
    pub id: Uuid,
    /// Full name.
    pub name: String,
    /// E-mail address, with which they sign in.
    pub email: String,
    /// Their role.
    pub role_id: String,
    /// Whether they may sign in.
    pub status: AccountStatus,
    /// Name of their department.
    pub department: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Signed address of their picture.
    pub avatar_url: Option<String>,
    /// Which person they are, `EMP-…`.
    pub employee_id: Option<String>,
    /// First day at work.
    pub join_date: Option<NaiveDate>,
    /// Last sign-in.
    pub last_login: Option<Timestamp>,
    /// Last request, to the minute.
    pub last_active: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Rises with each edit.
    pub version: i32,
}

impl UserAccount {
    /// `user` with the name of the department and a signed picture.
    ///
    /// # Errors
    /// The database's.
    pub async fn load(app: &App, db: &impl ConnectionTrait, user: user::Model) -> Result<Self, ApiError> {
        let department = match user.department_id {
            Some(id) => department::Entity::find_by_id(id).one(db).await?.map(|department| department.name),
            None => None,
        };
        let avatar =
            user.avatar_key.as_deref().map(|key| app.storage.signed_url(key, AVATAR_LIFE)).transpose()?;
        Ok(Self {
            id: user.id,
            name: user.name,
            email: user.email,
            role_id: user.role_id,
            status: user.status.into(),
            department,
            phone: user.phone,
            address: user.address,
            avatar_url: avatar,
            employee_id: user.employee_id,
            join_date: user.join_date,
            last_login: user.last_login.map(Timestamp),
            last_active: user.last_active.map(Timestamp),
            created_at: Timestamp(user.created_at),
            version: user.version,
        })
    }
}

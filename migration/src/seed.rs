//! Rows that the system cannot do without: roles, the administrator, shifts, settings, and the two one-row tables.
//! Planting twice changes nothing, and never touches what somebody has edited since.

mod admin;
mod connections;
mod roles;
pub mod scale;
mod settings;
mod shifts;

pub use admin::{ADMIN_EMAIL, Admin};
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};

/// Why planting failed; nothing was planted then.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The administrator's password is too short to be accepted by the API later.
    #[error("ADMIN_PASSWORD needs at least {0} characters")]
    ShortPassword(usize),
    /// The password could not be hashed.
    #[error("hashing the administrator's password")]
    Hash(#[from] bcrypt::BcryptError),
    /// The task that hashes was cancelled.
    #[error("hashing the administrator's password was cancelled")]
    Cancelled(#[from] tokio::task::JoinError),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Plants all that is missing, in one transaction, and tells about the administrator.
///
/// # Errors
/// See [`SeedError`].
pub async fn plant(db: &DatabaseConnection, admin_password: Option<String>) -> Result<Admin, SeedError> {
    let transaction = entity::begin(db).await?;
    plant_rows(&transaction).await?;
    let admin = admin::plant(&transaction, admin_password).await?;
    transaction.commit().await?;
    Ok(admin)
}

async fn plant_rows(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    roles::plant(db).await?;
    shifts::plant(db).await?;
    settings::plant(db).await?;
    connections::plant(db).await
}

//! The first administrator. The password comes from outside, or is made at random and handed back once.

use chrono::Utc;
use entity::{Secret, user};
use rand::distr::{Alphanumeric, SampleString};
use sea_orm_migration::sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait};

use super::SeedError;

/// Whom the administrator signs in as.
pub const ADMIN_EMAIL: &str = "admin@rollcall.local";
/// The bcrypt cost of every password of the system.
const BCRYPT_COST: u32 = 12;
/// The shortest password that the API accepts, in characters.
const SHORTEST_PASSWORD: usize = 12;
/// 24 letters and digits carry 142 bits.
const RANDOM_PASSWORD: usize = 24;

/// What became of the administrator.
#[derive(Clone, PartialEq, Eq)]
pub enum Admin {
    /// There was one already.
    Kept,
    /// Made with the password given.
    Made,
    /// Made with this password, which is kept nowhere else.
    MadeWithPassword(String),
}

/// Makes the administrator, unless somebody with that address lives already.
pub(super) async fn plant(db: &impl ConnectionTrait, given: Option<String>) -> Result<Admin, SeedError> {
    if user::find_by_email(db, ADMIN_EMAIL).await?.is_some() {
        return Ok(Admin::Kept);
    }
    let (password, admin) = match given {
        Some(password) => (accepted(password)?, Admin::Made),
        None => {
            let password = Alphanumeric.sample_string(&mut rand::rng(), RANDOM_PASSWORD);
            (password.clone(), Admin::MadeWithPassword(password))
        }
    };
    let hash = tokio::task::spawn_blocking(move || bcrypt::hash(password, BCRYPT_COST)).await??;
    administrator(hash).insert(db).await?;
    Ok(admin)
}

fn accepted(password: String) -> Result<String, SeedError> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(SeedError::ShortPassword(SHORTEST_PASSWORD));
    }
    Ok(password)
}

fn administrator(hash: String) -> user::ActiveModel {
    user::ActiveModel {
        email: Set(ADMIN_EMAIL.to_owned()),
        name: Set("Administrator".to_owned()),
        hashed_password: Set(Secret::new(hash)),
        role_id: Set("ROLE-ADMIN".to_owned()),
        status: Set(user::Status::Active),
        join_date: Set(Some(Utc::now().date_naive())),
        ..Default::default()
    }
}

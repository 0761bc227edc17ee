//! Messages to users. `user_id` null means everyone; who has read or removed one stands in `notification_receipts`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::insert;
use crate::key::uuid_v7_key;
use crate::level::Level;

/// One message.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "notifications")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// To whom; null means everyone.
    pub user_id: Option<Uuid>,
    /// What it is about, such as `export_ready`.
    pub notification_type: String,
    /// One line.
    pub title: String,
    /// More.
    pub message: Option<String>,
    /// How much it matters.
    pub level: Level,
    /// Path of the frontend that shows it.
    pub link: Option<String>,
    /// When it was sent.
    pub timestamp: DateTimeUtc,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

/// Stores a message whose id its sender chose, and answers it; `None` where it is there already, because an earlier run has sent
/// it.
///
/// # Errors
/// The database is out of reach, or there is no such user.
pub async fn insert_once(db: &impl ConnectionTrait, row: ActiveModel) -> Result<Option<Model>, DbErr> {
    insert::unless_taken(db, row).await
}

//! How Odoo is reached, in one row (`id` = 1). The API key is kept sealed; counts of logs are computed, never stored.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, Condition};
use serde::{Deserialize, Serialize};

use crate::edit::Edit;
use crate::secret::Secret;

/// How Odoo is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It answers.
    Connected,
    /// Never tried since it was entered.
    Disconnected,
    /// It refuses, for example an expired key, or does not answer.
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

/// The settings.
///
/// # Errors
/// The database is out of reach, or was never seeded.
pub async fn get(db: &impl ConnectionTrait) -> Result<Model, DbErr> {
    let row = Entity::find_by_id(1_i16).one(db).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("odoo_config has no row: run the seeds".to_owned()))
}

/// Saves an edit by a person; see [`Edit`].
///
/// # Errors
/// The database is out of reach or refuses a value.
pub async fn edit(
    db: &impl ConnectionTrait,
    expected: Option<i32>,
    changes: ActiveModel,
) -> Result<Edit<Model>, DbErr> {
    let target = Condition::all().add(Column::Id.eq(1_i16));
    crate::edit::edit::<Entity>(db, changes, target, Column::Version, expected).await
}

/// Sets how it was at the last call, unless somebody has entered another connection since `version`.
///
/// # Errors
/// The database is out of reach.
pub async fn set_status(db: &impl ConnectionTrait, version: i32, status: Status) -> Result<(), DbErr> {
    let column = ActiveModel { status: Set(status), ..Default::default() };
    let row = Entity::update_many().set(column).filter(Column::Id.eq(1_i16));
    row.filter(Column::Version.eq(version)).filter(Column::Status.ne(status)).exec(db).await.map(drop)
}

/// Notes a sync that ended well.
///
/// # Errors
/// The database is out of reach.
pub async fn record_sync(db: &impl ConnectionTrait, at: DateTimeUtc) -> Result<(), DbErr> {
    let column = ActiveModel { last_sync: Set(Some(at)), ..Default::default() };
    Entity::update_many().set(column).filter(Column::Id.eq(1_i16)).exec(db).await.map(drop)
}

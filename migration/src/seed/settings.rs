//! The settings that administrators change. Their default values are those that the code assumes ([`Settings::default`]), so
//! a database and a program that has lost its database agree.

use entity::system_config::{self, Settings};
use sea_orm_migration::sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait};

/// Adds the settings that are missing.
pub(super) async fn plant(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let rows = Settings::default().into_entries().into_iter().map(|entry| system_config::ActiveModel {
        key: Set(entry.key.to_owned()),
        data_type: Set(entry.data_type),
        description: Set(entry.description.to_owned()),
        category: Set(entry.category().to_owned()),
        value: Set(entry.value),
        is_editable: Set(true),
        ..Default::default()
    });
    system_config::Entity::insert_many(rows)
        .on_conflict_do_nothing()
        .exec_without_returning(db)
        .await
        .map(drop)
}

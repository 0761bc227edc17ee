//! The one-row tables: our own recogniser where `PROVIDER_URL` says, or on its usual port, and an Odoo connection that nobody has
//! filled in yet.

use entity::detection_provider_config::{self as provider, ProviderKind};
use entity::odoo_config;
use sea_orm_migration::sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait};

/// Adds the rows that are missing.
pub(super) async fn plant(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let given = std::env::var("PROVIDER_URL").ok().filter(|url| !url.is_empty());
    let provider_url = given.unwrap_or_else(|| "http://127.0.0.1:8001".to_owned());
    let recogniser = provider::ActiveModel {
        id: Set(1),
        provider_name: Set("Rollcall".to_owned()),
        kind: Set(ProviderKind::Rollcall),
        endpoint: Set(provider_url),
        min_confidence: Set(55.0),
        timeout_ms: Set(5_000),
        ..Default::default()
    };
    provider::Entity::insert(recogniser).on_conflict_do_nothing().exec_without_returning(db).await?;
    let odoo = odoo_config::ActiveModel { id: Set(1), ..Default::default() };
    odoo_config::Entity::insert(odoo).on_conflict_do_nothing().exec_without_returning(db).await?;
    Ok(())
}

//! What the system itself learns of cameras. It writes other columns than people do and leaves `version` alone, so that a
//! frame which arrives meanwhile never spoils somebody's edit.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;

use super::{ActiveModel, Column, Entity, Model, Status};

/// What a health probe found.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Whether the stream answered.
    pub is_up: bool,
    /// Time to the first frame in milliseconds, where it answered.
    pub latency: Option<i32>,
    /// When it was probed.
    pub at: DateTimeUtc,
}

/// Notes a frame that arrived: the camera is online, unless somebody is working on it. Answers the row when its status changed.
///
/// # Errors
/// The database is out of reach.
pub async fn record_frame(
    db: &impl ConnectionTrait,
    id: &str,
    at: DateTimeUtc,
    thumbnail_key: Option<String>,
) -> Result<Option<Model>, DbErr> {
    let thumbnail_key = thumbnail_key.map_or_else(Default::default, |key| Set(Some(key)));
    let seen = ActiveModel { last_seen: Set(Some(at)), thumbnail_key, ..Default::default() };
    let older = Column::LastSeen.is_null().or(Column::LastSeen.lt(at));
    Entity::update_many().set(seen).filter(Column::Id.eq(id)).filter(older).exec(db).await?;
    set_status(db, id, Status::Online).await
}

/// Notes a health probe. It moves `last_seen` where the camera answered; the status is the caller's to decide.
///
/// # Errors
/// The database is out of reach.
pub async fn record_probe(db: &impl ConnectionTrait, id: &str, probe: &Probe) -> Result<(), DbErr> {
    let mut seen = ActiveModel { last_checked: Set(Some(probe.at)), ..Default::default() };
    if probe.is_up {
        seen.last_seen = Set(Some(probe.at));
    }
    if let Some(latency) = probe.latency {
        seen.latency = Set(latency);
    }
    Entity::update_many().set(seen).filter(Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Sets the status of a living camera that nobody is working on. Answers the row when that changed it, to exactly one of
/// several callers.
///
/// # Errors
/// The database is out of reach.
pub async fn set_status(db: &impl ConnectionTrait, id: &str, status: Status) -> Result<Option<Model>, DbErr> {
    let changed = Entity::update_many()
        .set(ActiveModel { status: Set(status), ..Default::default() })
        .filter(Column::Id.eq(id))
        .filter(Column::DeletedAt.is_null())
        .filter(Column::Status.is_not_in([status, Status::Maintenance]))
        .exec_with_returning(db)
        .await?;
    Ok(changed.into_iter().next())
}

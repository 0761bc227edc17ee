//! Storing detections and reading the newest of them.

use chrono::TimeDelta;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};

use super::{ActiveModel, Column, Entity, Model};

/// How far back the newest detections are looked for first: this touches two partitions instead of a hundred.
const RECENT: TimeDelta = TimeDelta::days(1);

/// Stores the detections of a frame in one statement. Rows without an id get one.
///
/// # Errors
/// The database is out of reach or refuses a value.
pub async fn insert_many(db: &impl ConnectionTrait, rows: Vec<ActiveModel>) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let keyed = rows.into_iter().map(|mut row| {
        row.id.set_if_unset(Uuid::now_v7());
        row
    });
    Entity::insert_many(keyed).exec_without_returning(db).await.map(drop)
}

/// The newest detections, of one camera or of all, newest first.
///
/// # Errors
/// The database is out of reach.
pub async fn newest(
    db: &impl ConnectionTrait,
    camera_id: Option<&str>,
    limit: u64,
    now: DateTimeUtc,
) -> Result<Vec<Model>, DbErr> {
    let mut ordered = Entity::find().order_by_desc(Column::Timestamp).order_by_desc(Column::Id).limit(limit);
    if let Some(camera_id) = camera_id {
        ordered = ordered.filter(Column::CameraId.eq(camera_id));
    }
    let recent = ordered.clone().filter(Column::Timestamp.gt(now - RECENT)).all(db).await?;
    if recent.len() as u64 == limit { Ok(recent) } else { ordered.all(db).await }
}

//! Making, changing and removing cameras: each in one transaction with its audit row, and told to every replica after
//! the commit.

use std::sync::Arc;

use chrono::Utc;
use entity::{
    Edit,
    camera::{self, ActiveModel, Model},
    system_config::Settings,
};
use platform::events::Event;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, raw_sql,
};
use serde_json::{Value, json};

use super::{
    address::masked,
    camera::stored_address,
    fields::{CameraChanges, NewCamera, with_defaults},
};
use crate::{
    audit::{Change, Entry},
    call::Call,
    error::ApiError,
    routes::difference::differs,
    state::App,
};

/// Name in the audit.
pub(super) const RESOURCE: &str = "camera";

/// The living camera `id`.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn living(db: &impl ConnectionTrait, id: &str) -> Result<Model, ApiError> {
    let row = if can_be_an_id(id) { camera::find_living(db, id).await? } else { None };
    row.ok_or_else(|| ApiError::not_found("camera"))
}

/// Whatever else is asked for cannot exist, and PostgreSQL would choke on some of it.
#[must_use]
pub fn can_be_an_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Makes a camera.
///
/// # Errors
/// Wrong fields, an id that is or was in use, or as many cameras as may be.
pub async fn create(app: &App, call: &Arc<Call>, new: NewCamera) -> Result<Model, ApiError> {
    let id = new.id.clone().map(|id| id.0);
    let columns = with_defaults(CameraChanges::from(new).columns(app, None)?);
    let change = Change::begin(&app.db, call).await?;
    lock(&*change).await?;
    check_room(&*change, 1).await?;
    let row = insert(&*change, id, columns).await?;
    let entry = Entry::new("camera.create", format!("Camera {} was made", row.id));
    change.commit(entry.on(RESOURCE, &row.id).after(&audited(app, &row))).await?;
    announce(app, &row).await;
    Ok(row)
}

/// Adds one under its id, or under the next one.
///
/// # Errors
/// `CONFLICT` for an id that is or was in use.
pub async fn insert(
    db: &impl ConnectionTrait,
    id: Option<String>,
    columns: ActiveModel,
) -> Result<Model, ApiError> {
    let Some(id) = id else { return Ok(camera::insert_with_next_id(db, columns).await?) };
    let row = camera::insert(db, ActiveModel { id: Set(id.clone()), ..columns }).await?;
    row.ok_or_else(|| {
        ApiError::Conflict(format!("the id {id} is in use, or was by a camera since deleted").into())
    })
}

/// Changes a camera; nothing happens where it is as told already.
///
/// # Errors
/// Wrong fields, no such camera, or a version that is not the current one.
pub async fn change(
    app: &App,
    call: &Arc<Call>,
    id: &str,
    changes: CameraChanges,
) -> Result<Model, ApiError> {
    let change = Change::begin(&app.db, call).await?;
    let before = locked(&*change, id).await?;
    if changes.version.is_some_and(|expected| expected != before.version) {
        return Err(ApiError::VersionConflict);
    }
    let columns = changes.columns(app, Some(&before))?;
    if !differs(&before, &columns) {
        return Ok(before);
    }
    save(app, change, "camera.update", &before, columns).await
}

/// Switches a camera on or off; nothing happens where it is so already.
///
/// # Errors
/// No such camera.
pub async fn set_enabled(app: &App, call: &Arc<Call>, id: &str, enabled: bool) -> Result<Model, ApiError> {
    let change = Change::begin(&app.db, call).await?;
    let before = locked(&*change, id).await?;
    if before.enabled == enabled {
        return Ok(before);
    }
    let action = if enabled { "camera.enable" } else { "camera.disable" };
    let columns = ActiveModel { enabled: Set(enabled), ..Default::default() };
    save(app, change, action, &before, columns).await
}

async fn save(
    app: &App,
    change: Change,
    action: &str,
    before: &Model,
    columns: ActiveModel,
) -> Result<Model, ApiError> {
    let Edit::Saved(after) = camera::edit(&*change, &before.id, None, columns).await? else {
        return Err(ApiError::not_found("camera"));
    };
    let entry = Entry::new(action, format!("Camera {} was changed", after.id)).on(RESOURCE, &after.id);
    change.commit(entry.before(&audited(app, before)).after(&audited(app, &after))).await?;
    announce(app, &after).await;
    Ok(after)
}

/// Hides a camera everywhere; its history stays, and its id is never used again.
///
/// # Errors
/// No such camera.
pub async fn delete(app: &App, call: &Arc<Call>, id: &str) -> Result<(), ApiError> {
    let change = Change::begin(&app.db, call).await?;
    let before = locked(&*change, id).await?;
    let Edit::Saved(after) = camera::soft_delete(&*change, id, Utc::now()).await? else {
        return Err(ApiError::not_found("camera"));
    };
    let entry = Entry::new("camera.delete", format!("Camera {id} was deleted")).on(RESOURCE, &id);
    change.commit(entry.before(&audited(app, &before))).await?;
    announce(app, &after).await;
    Ok(())
}

/// The living camera `id`, which nobody else changes until the transaction ends: kept credentials and the audit's old
/// values are those of the row that is written over.
async fn locked(db: &impl ConnectionTrait, id: &str) -> Result<Model, ApiError> {
    let living = camera::Entity::find_by_id(id).filter(camera::Column::DeletedAt.is_null()).lock_exclusive();
    let row = if can_be_an_id(id) { living.one(db).await? } else { None };
    row.ok_or_else(|| ApiError::not_found("camera"))
}

/// Whoever adds cameras waits for the others who do, so that the limit holds and imports see what they replace.
///
/// # Errors
/// The database's.
pub async fn lock(db: &impl ConnectionTrait) -> Result<(), ApiError> {
    db.execute_raw(raw_sql!(Postgres, r#"SELECT pg_advisory_xact_lock(hashtext('cameras'))"#)).await?;
    Ok(())
}

/// `more` cameras may be added.
///
/// # Errors
/// `INVALID_STATE` where that is more than the configuration allows.
pub async fn check_room(db: &impl ConnectionTrait, more: u64) -> Result<(), ApiError> {
    let limit = Settings::load(db).await?.capture_max_cameras;
    let living = camera::count(db, &camera::Filter::default()).await?;
    if living + more <= u64::from(limit) {
        return Ok(());
    }
    Err(ApiError::InvalidState(format!("capture.max_cameras allows {limit} cameras").into()))
}

/// The row as the audit keeps it: all columns, credentials masked.
#[must_use]
pub fn audited(app: &App, row: &Model) -> Value {
    let mut value = json!(row);
    if let Ok(address) = stored_address(app, row) {
        value["stream_url"] = masked(&address).into();
    }
    value
}

/// Drops the lists that show the camera, here and on every other replica, and tells browsers that follow it.
pub async fn announce(app: &App, row: &Model) {
    app.machinery.camera_lists.drop_all();
    if let Some(event) = Event::camera_status(&row.id, row.status, row.last_seen) {
        app.machinery.publish(&event).await;
    }
}

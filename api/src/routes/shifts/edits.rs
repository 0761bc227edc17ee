//! Making, changing and removing shifts: each in one transaction with its audit row.

use std::sync::Arc;

use entity::shift_schedule::{self, ActiveModel, Model};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, EntityTrait as _, QuerySelect as _};

use super::fields::{NewShift, ShiftChanges, departments};
use crate::{
    audit::{Change, Entry},
    call::Call,
    error::ApiError,
    routes::difference::differs,
    state::App,
};

/// Name in the audit.
const RESOURCE: &str = "shift";

/// Makes a shift.
///
/// # Errors
/// Wrong fields, or an id that is in use.
pub async fn create(app: &App, call: &Arc<Call>, new: NewShift) -> Result<Model, ApiError> {
    let id = new.id.clone();
    let change = Change::begin(&app.db, call).await?;
    let columns = ShiftChanges::from(new).columns(None, &departments(&*change).await?)?;
    let row = match id {
        None => shift_schedule::insert_with_next_id(&*change, columns).await?,
        Some(id) => {
            let row = ActiveModel { id: Set(id.clone()), ..columns };
            let made = shift_schedule::insert(&*change, row).await?;
            made.ok_or_else(|| ApiError::Conflict(format!("the id {id} is in use").into()))?
        }
    };
    let entry = Entry::new("shift.create", format!("Shift {} was made", row.id));
    change.commit(entry.on(RESOURCE, &row.id).after(&row)).await?;
    Ok(row)
}

/// Changes a shift; nothing happens where it is as told already.
///
/// # Errors
/// Wrong fields, or no such shift.
pub async fn change(app: &App, call: &Arc<Call>, id: &str, changes: ShiftChanges) -> Result<Model, ApiError> {
    let change = Change::begin(&app.db, call).await?;
    let before = locked(&*change, id).await?;
    let columns = changes.columns(Some(&before), &departments(&*change).await?)?;
    if !differs(&before, &columns) {
        return Ok(before);
    }
    let after = ActiveModel { id: Set(before.id.clone()), ..columns }.update(&*change).await?;
    let entry = Entry::new("shift.update", format!("Shift {id} was changed")).on(RESOURCE, &after.id);
    change.commit(entry.before(&before).after(&after)).await?;
    Ok(after)
}

/// Removes a shift; logs that were judged by it stay.
///
/// # Errors
/// No such shift.
pub async fn delete(app: &App, call: &Arc<Call>, id: &str) -> Result<(), ApiError> {
    let change = Change::begin(&app.db, call).await?;
    let before = locked(&*change, id).await?;
    shift_schedule::Entity::delete_by_id(before.id.as_str()).exec(&*change).await?;
    let entry = Entry::new("shift.delete", format!("Shift {id} was deleted")).on(RESOURCE, &before.id);
    change.commit(entry.before(&before)).await
}

/// The shift `id`, which nobody else changes until the transaction ends.
async fn locked(db: &impl ConnectionTrait, id: &str) -> Result<Model, ApiError> {
    if id.len() > 64 || id.contains('\0') {
        return Err(ApiError::not_found("shift"));
    }
    let found = shift_schedule::Entity::find_by_id(id).lock_exclusive().one(db).await?;
    found.ok_or_else(|| ApiError::not_found("shift"))
}

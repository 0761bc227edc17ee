//! A list of cameras into the database, all of it or nothing: rows are checked one by one, so that whoever sends a
//! hundred learns about every wrong one at once.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::Utc;
use entity::camera::{self, ActiveModel, Model};
use futures_util::future::join_all;
use poem_openapi::{Enum, Object};
use sea_orm::{ActiveValue::Set, EntityTrait as _, QuerySelect as _};
use serde_json::json;

use super::{
    edits::{announce, audited, check_room, insert, lock},
    fields::{CameraChanges, NewCamera, with_defaults},
};
use crate::{
    audit::{Change, Entry},
    call::Call,
    error::{ApiError, FieldIssue, RowIssues},
    routes::difference::differs,
    state::App,
};

/// What becomes of cameras that the list does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Mode {
    /// They stay.
    #[default]
    Merge,
    /// They are deleted.
    Replace,
}

/// How many cameras an import makes, changes and deletes; one that is as the list says is not counted.
#[derive(Debug, Default, PartialEq, Eq, Object)]
pub struct Imported {
    created: u64,
    updated: u64,
    deleted: u64,
}

/// Imports `rows`, or only tells what that would do.
///
/// # Errors
/// Any wrong row, with all that is wrong; nothing is written then.
pub async fn import(
    app: &App,
    call: &Arc<Call>,
    rows: Vec<Result<NewCamera, Vec<FieldIssue>>>,
    mode: Mode,
    dry_run: bool,
) -> Result<Imported, ApiError> {
    let change = Change::begin(&app.db, call).await?;
    lock(&*change).await?;
    let existing = camera::Entity::find().lock_exclusive().all(&*change).await?;
    let plan = plan(app, existing, rows, mode)?;
    let growth = plan.created.len().saturating_sub(plan.deleted.len());
    if growth > 0 {
        check_room(&*change, growth as u64).await?;
    }
    let counts = plan.counts();
    if dry_run {
        return Ok(counts);
    }
    let changed = write(&change, plan).await?;
    let shown = |rows: Vec<&Model>| json!(rows.into_iter().map(|row| audited(app, row)).collect::<Vec<_>>());
    let entry = Entry::new("camera.import", summary(&counts))
        .before(&shown(changed.iter().filter_map(|(before, _)| before.as_ref()).collect()))
        .after(&shown(changed.iter().map(|(_, after)| after).collect()));
    change.commit(entry).await?;
    join_all(changed.iter().map(|(_, after)| announce(app, after))).await;
    Ok(counts)
}

fn summary(counts: &Imported) -> String {
    let Imported { created, updated, deleted } = counts;
    format!("Cameras were imported: {created} made, {updated} changed, {deleted} deleted")
}

/// What an import writes.
#[derive(Default)]
struct Plan {
    created: Vec<(Option<String>, ActiveModel)>,
    updated: Vec<(Model, ActiveModel)>,
    deleted: Vec<Model>,
}

impl Plan {
    fn counts(&self) -> Imported {
        Imported {
            created: self.created.len() as u64,
            updated: self.updated.len() as u64,
            deleted: self.deleted.len() as u64,
        }
    }
}

fn plan(
    app: &App,
    existing: Vec<Model>,
    rows: Vec<Result<NewCamera, Vec<FieldIssue>>>,
    mode: Mode,
) -> Result<Plan, ApiError> {
    let mut existing: HashMap<String, Model> =
        existing.into_iter().map(|row| (row.id.clone(), row)).collect();
    let (mut plan, mut failed, mut named) = (Plan::default(), Vec::new(), HashSet::new());
    for (index, row) in rows.into_iter().enumerate() {
        let planned = row.and_then(|row| plan_row(app, &existing, &mut named, row, &mut plan));
        if let Err(issues) = planned {
            failed.push(RowIssues { index, issues });
        }
    }
    if !failed.is_empty() {
        return Err(ApiError::InvalidRows(failed));
    }
    if mode == Mode::Replace {
        let unlisted = existing
            .drain()
            .map(|(_, row)| row)
            .filter(|row| row.deleted_at.is_none() && !named.contains(&row.id));
        plan.deleted = unlisted.collect();
    }
    Ok(plan)
}

fn plan_row(
    app: &App,
    existing: &HashMap<String, Model>,
    named: &mut HashSet<String>,
    row: NewCamera,
    plan: &mut Plan,
) -> Result<(), Vec<FieldIssue>> {
    let id = row.id.clone().map(|id| id.0);
    if let Some(id) = &id
        && !named.insert(id.clone())
    {
        return Err(vec![FieldIssue::new("id", "stands in the list twice")]);
    }
    let current = id.as_ref().and_then(|id| existing.get(id));
    if current.is_some_and(|row| row.deleted_at.is_some()) {
        return Err(vec![FieldIssue::new("id", "was used by a camera since deleted")]);
    }
    let columns = CameraChanges::from(row).columns(app, current).map_err(issues)?;
    match current {
        None => plan.created.push((id, with_defaults(columns))),
        Some(row) if differs(row, &columns) => plan.updated.push((row.clone(), columns)),
        Some(_) => {}
    }
    Ok(())
}

fn issues(error: ApiError) -> Vec<FieldIssue> {
    match error {
        ApiError::Validation(issues) => issues,
        other => vec![FieldIssue::new("row", other.to_string())],
    }
}

/// Each camera before, where there was one, and after.
async fn write(change: &Change, plan: Plan) -> Result<Vec<(Option<Model>, Model)>, ApiError> {
    let mut changed = Vec::new();
    // Chosen ids first, so that no number is given out that a later row names.
    let (chosen, numbered): (Vec<_>, Vec<_>) = plan.created.into_iter().partition(|(id, _)| id.is_some());
    for (id, columns) in chosen.into_iter().chain(numbered) {
        changed.push((None, insert(&**change, id, columns).await?));
    }
    for (before, columns) in plan.updated {
        changed.push(edit(change, before, columns).await?);
    }
    for before in plan.deleted {
        let columns =
            ActiveModel { deleted_at: Set(Some(Utc::now())), enabled: Set(false), ..Default::default() };
        changed.push(edit(change, before, columns).await?);
    }
    Ok(changed)
}

/// The row is locked, so it is still there.
async fn edit(
    change: &Change,
    before: Model,
    columns: ActiveModel,
) -> Result<(Option<Model>, Model), ApiError> {
    match camera::edit(&**change, &before.id, None, columns).await? {
        entity::Edit::Saved(after) => Ok((Some(before), after)),
        entity::Edit::Stale | entity::Edit::Missing => Err(ApiError::internal("a locked camera vanished")),
    }
}

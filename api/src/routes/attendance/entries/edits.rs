//! Entering, changing and deleting logs: each in one transaction with its audit row, while the person is held.

use std::sync::Arc;

use attendance::{Plan, edit::End};
use chrono::{SubsecRound as _, Utc};
use daybook::{Edited, Edits, EntryError, Field, Person, Site};
use entity::attendance_log::{self, Model};
use jobs::{DeleteOdooRecord, Origin};
use poem_openapi::types::MaybeUndefined;
use sea_orm::EntityTrait as _;
use uuid::Uuid;

use super::{
    fields::{LogChanges, ManualEntry, field, judged, note, sensible},
    moment,
    told::told,
};
use crate::{
    audit::{Change, Entry},
    call::Call,
    error::{ApiError, FieldIssue},
    routes::cameras,
    state::App,
};

/// Name in the audit.
pub(super) const RESOURCE: &str = "attendance_log";

/// Enters that somebody was there.
///
/// # Errors
/// Nobody has this employee id, or what is entered could not have happened.
pub async fn enter(app: &App, call: &Arc<Call>, new: ManualEntry) -> Result<Model, ApiError> {
    let now = Utc::now();
    let at = sensible("timestamp", new.timestamp.0, now)?.trunc_subsecs(6);
    let site = Site::load(&app.db).await?;
    let person = person(app, &new.employee_id.0).await?;
    let edits = Edits {
        status: new.status.map_or(Field::Keep, |status| Field::Enter(judged(status))),
        note: note(new.note.map_or(MaybeUndefined::Undefined, MaybeUndefined::Value)),
        camera: camera(app, new.camera_id.map(|id| id.0)).await?,
        ..Edits::default()
    };
    let change = Change::begin(&app.db, call).await?;
    let edited = daybook::enter(&change, &site, &person, at, edits, now).await;
    let edited = edited.map_err(|error| refusal(error, ["timestamp", "timestamp"]))?;
    keep(change, "attendance.manual", "was entered by hand", edited).await
}

/// Changes a log; nothing happens where it is as told already.
///
/// # Errors
/// No such log, wrong fields, or what is wanted could not have happened.
pub async fn change(app: &App, call: &Arc<Call>, id: &str, changes: LogChanges) -> Result<Model, ApiError> {
    let site = Site::load(&app.db).await?;
    let row =
        if can_be_an_id(id) { attendance_log::Entity::find_by_id(id).one(&app.db).await? } else { None };
    let row = row.ok_or_else(|| ApiError::not_found("attendance log"))?;
    let edits = edits(changes, &row, &site.plan(row.department.as_deref()))?;
    let change = Change::begin(&app.db, call).await?;
    let edited = daybook::edit(&change, &site, id, &edits, Utc::now()).await;
    let edited = edited.map_err(|error| refusal(error, ["timeIn", "timeOut"]))?;
    keep(change, "attendance.update", "was changed", edited).await
}

/// Deletes a log; a job removes what Odoo has of it.
///
/// # Errors
/// No such log.
pub async fn delete(app: &App, call: &Arc<Call>, user: Uuid, id: &str) -> Result<(), ApiError> {
    if !can_be_an_id(id) {
        return Err(ApiError::not_found("attendance log"));
    }
    let change = Change::begin(&app.db, call).await?;
    let row = daybook::delete(&change, id).await.map_err(|error| refusal(error, ["id", "id"]))?;
    let pending = if row.odoo_attendance_id.is_some() || row.odoo_sent.is_some() {
        let job = DeleteOdooRecord {
            attendance_log_id: row.id.clone(),
            employee_id: row.employee_id.clone(),
            odoo_attendance_id: row.odoo_attendance_id,
            odoo_sent: row.odoo_sent.clone(),
        };
        let origin = Origin { request_id: call.id, actor: Some(user) };
        Some(jobs::enqueue_in(&*change, &job, origin).await?)
    } else {
        None
    };
    let entry = Entry::new("attendance.delete", format!("Attendance log {id} was deleted"));
    change.commit(entry.on(RESOURCE, &id).before(&row)).await?;
    if let Some(pending) = pending {
        app.machinery.push(pending).await;
    }
    Ok(())
}

/// Commits an edit with its audit row; one that changed nothing leaves no trace of its own.
pub(super) async fn keep(
    change: Change,
    action: &str,
    what: &str,
    edited: Edited,
) -> Result<Model, ApiError> {
    let told = told(&edited);
    let Edited { before, after } = edited;
    if before.as_ref() == Some(&after) {
        return Ok(after);
    }
    let message = format!("The attendance of {} on {} {what}: {told}", after.employee_id, after.date);
    let mut entry = Entry::new(action, message).on(RESOURCE, &after.id).after(&after);
    if let Some(before) = &before {
        entry = entry.before(before);
    }
    change.commit(entry).await?;
    Ok(after)
}

/// The person with this employee id.
///
/// # Errors
/// `NOT_FOUND`.
pub(super) async fn person(app: &App, id: &str) -> Result<Person, ApiError> {
    Person::find(&app.db, id.trim()).await?.ok_or_else(|| ApiError::not_found("employee"))
}

/// Whatever else is asked for cannot exist, and PostgreSQL would choke on some of it.
fn can_be_an_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

async fn camera(app: &App, id: Option<String>) -> Result<Option<(String, String)>, ApiError> {
    let Some(id) = id else { return Ok(None) };
    match cameras::living(&app.db, &id).await {
        Ok(row) => Ok(Some((row.id, row.name))),
        Err(ApiError::NotFound(_)) => Err(ApiError::field("cameraId", "there is no such camera")),
        Err(other) => Err(other),
    }
}

/// The edits that a body means for `row`.
fn edits(changes: LogChanges, row: &Model, plan: &Plan) -> Result<Edits, ApiError> {
    let check_in = moment::check_in(changes.time_in, row, plan);
    let came = match check_in {
        Ok(Field::Enter(at)) => Some(at),
        Ok(Field::Keep | Field::Clear) | Err(_) => row.check_in_at,
    };
    let check_out = moment::check_out(changes.time_out, row, came, plan);
    let now = Utc::now();
    let far = |field: &Result<Field<_>, _>| match field {
        Ok(Field::Enter(at)) => sensible("time", *at, now).err().map(|_| "must be a time of the last year"),
        Ok(Field::Keep | Field::Clear) => None,
        Err(wrong) => Some(*wrong),
    };
    let wrong = [("timeIn", far(&check_in)), ("timeOut", far(&check_out))];
    let issues: Vec<_> =
        wrong.into_iter().filter_map(|(name, wrong)| Some(FieldIssue::new(name, wrong?))).collect();
    match (check_in, check_out) {
        (Ok(check_in), Ok(check_out)) if issues.is_empty() => Ok(Edits {
            check_in,
            check_out,
            status: field(changes.status, judged),
            note: note(changes.note),
            camera: None,
        }),
        _ => Err(ApiError::Validation(issues)),
    }
}

/// Why nothing was entered, in the client's names of check-in and check-out.
pub(super) fn refusal(error: EntryError, [check_in, check_out]: [&str; 2]) -> ApiError {
    match error {
        EntryError::Database(database) => database.into(),
        EntryError::Missing => ApiError::not_found("attendance log"),
        EntryError::JustMarked(_) | EntryError::Attended(_) => ApiError::Conflict(error.to_string().into()),
        EntryError::Refused(problems) => {
            let issue = |problem: attendance::edit::Problem| {
                let name = if problem.end() == End::CheckIn { check_in } else { check_out };
                FieldIssue::new(name, problem.to_string())
            };
            ApiError::Validation(problems.into_iter().map(issue).collect())
        }
    }
}

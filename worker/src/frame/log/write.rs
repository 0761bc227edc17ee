//! Stores a log as the rules computed it: as a new row, or over the one of that day.

use attendance::{
    Log, Status,
    odoo::{Cause, Sent, SyncStatus, after_change, of_new},
};
use chrono::{DateTime, NaiveTime, Timelike as _, Utc};
use chrono_tz::Tz;
use entity::{
    attendance_log::{self, ActiveModel, Model, OdooStatus, Source, VerificationStatus},
    camera,
    detection_provider_config::ProviderKind,
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseTransaction, EntityTrait as _};

use super::{Mark, day::Day};
use crate::frame::look::Trouble;

/// Stores `log` as the day's.
pub(super) async fn save(
    transaction: &DatabaseTransaction,
    mark: &Mark<'_>,
    zone: Tz,
    day: &Day,
    log: &Log,
    ended: bool,
) -> Result<(), Trouble> {
    match &day.row {
        None => {
            let id = attendance_log::next_id(transaction, day.date).await?;
            let row = ActiveModel {
                id: Set(id),
                odoo_status: Set(odoo(of_new(log.status))),
                ..opened(mark, log, zone)
            };
            attendance_log::open(transaction, &mark.person.id, day.date, row).await?;
        }
        // Somebody who was missed came after all.
        Some(row) if row.status == attendance_log::Status::Missed && row.source != Source::Manual => {
            let row = ActiveModel {
                id: Set(row.id.clone()),
                odoo_status: Set(OdooStatus::Pending),
                ..opened(mark, log, zone)
            };
            row.update(transaction).await?;
        }
        Some(row) => {
            let cause = if ended { Cause::Ended } else { Cause::Seen };
            let moved = moved(row, log, zone, cause);
            let moved = if row.camera_id == log.camera_id {
                moved
            } else {
                at_camera(transaction, moved, log).await?
            };
            moved.update(transaction).await?;
        }
    }
    Ok(())
}

/// Takes back a log that cameras had opened and that its sightings do not give any more. One that Odoo knows stays, since only a
/// person can say there that somebody did not come.
pub(super) async fn withdraw(transaction: &DatabaseTransaction, day: &Day) -> Result<(), Trouble> {
    let Some(row) = &day.row else { return Ok(()) };
    if row.source == Source::Manual || row.odoo_attendance_id.is_some() {
        tracing::warn!(log = row.id, "its sightings count for another day, but it is kept");
        return Ok(());
    }
    attendance_log::Entity::delete_by_id(row.id.as_str()).exec(transaction).await?;
    Ok(())
}

/// A recomputed day may turn out to have begun at another camera.
async fn at_camera(
    transaction: &DatabaseTransaction,
    row: ActiveModel,
    log: &Log,
) -> Result<ActiveModel, Trouble> {
    let camera = match &log.camera_id {
        Some(id) => camera::Entity::find_by_id(id.as_str()).one(transaction).await?,
        None => None,
    };
    let camera_name = Set(camera.map(|camera| camera.name));
    Ok(ActiveModel { camera_id: Set(log.camera_id.clone()), camera_name, ..row })
}

fn opened(mark: &Mark<'_>, log: &Log, zone: Tz) -> ActiveModel {
    ActiveModel {
        name: Set(mark.person.name.clone().unwrap_or_else(|| mark.person.id.clone())),
        department: Set(mark.person.department.clone()),
        camera_id: Set(log.camera_id.clone()),
        camera_name: Set(Some(mark.seen.camera.name.clone())),
        accuracy: Set(Some(mark.face.confidence)),
        recognition_distance: Set(distance(mark)),
        source: Set(Source::Camera),
        verification_status: Set(VerificationStatus::Auto),
        location: Set(Some(mark.seen.camera.location.clone())),
        ..times(log, zone)
    }
}

/// Our own provider's score is a distance; those of others are not.
fn distance(mark: &Mark<'_>) -> Option<f64> {
    mark.face.provider_score.filter(|_| mark.seen.provider_kind == ProviderKind::Rollcall)
}

fn moved(row: &Model, log: &Log, zone: Tz, cause: Cause) -> ActiveModel {
    let sent = row.odoo_sent.as_ref().and_then(sent);
    let odoo_status = odoo(after_change(sync_status(row.odoo_status), log, sent, cause));
    ActiveModel { id: Set(row.id.clone()), odoo_status: Set(odoo_status), ..times(log, zone) }
}

fn times(log: &Log, zone: Tz) -> ActiveModel {
    ActiveModel {
        check_in_at: Set(Some(log.check_in)),
        check_out_at: Set(log.check_out),
        time_in: Set(Some(time_of_day(log.check_in, zone))),
        time_out: Set(log.check_out.map(|at| time_of_day(at, zone))),
        shift_id: Set(log.shift_id.clone()),
        status: Set(status(log.status)),
        ..Default::default()
    }
}

/// The site's clock, in whole seconds, as the contract shows times of day.
fn time_of_day(at: DateTime<Utc>, zone: Tz) -> NaiveTime {
    let time = at.with_timezone(&zone).time();
    time.with_nanosecond(0).unwrap_or(time)
}

fn status(judged: Status) -> attendance_log::Status {
    match judged {
        Status::Present => attendance_log::Status::Present,
        Status::Late => attendance_log::Status::Late,
        Status::Missed => attendance_log::Status::Missed,
    }
}

fn odoo(status: SyncStatus) -> OdooStatus {
    match status {
        SyncStatus::Pending => OdooStatus::Pending,
        SyncStatus::Synced => OdooStatus::Synced,
        SyncStatus::Failed => OdooStatus::Failed,
        SyncStatus::Skipped => OdooStatus::Skipped,
    }
}

fn sync_status(stored: OdooStatus) -> SyncStatus {
    match stored {
        OdooStatus::Pending => SyncStatus::Pending,
        OdooStatus::Synced => SyncStatus::Synced,
        OdooStatus::Failed => SyncStatus::Failed,
        OdooStatus::Skipped => SyncStatus::Skipped,
    }
}

/// What Odoo was last told, as the sync keeps it: `{"checkIn": …, "checkOut": …}`.
fn sent(kept: &serde_json::Value) -> Option<Sent> {
    let time = |key: &str| kept.get(key)?.as_str()?.parse::<DateTime<Utc>>().ok();
    Some(Sent { check_in: time("checkIn")?, check_out: time("checkOut") })
}

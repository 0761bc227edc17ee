//! Stores a log as the rules computed it: as a new row, or over the one of that day.

use attendance::{Log, odoo::Cause};
use chrono::{DateTime, NaiveDate, Utc};
use entity::attendance_log::{self, ActiveModel, Model, Status};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseTransaction, DbErr, EntityTrait as _};

use crate::{
    columns::{at_camera, missed, moved, opened},
    days::Days,
    evidence::Seen,
    stored::is_entered,
};

/// Stores `log` as the day's.
pub(crate) async fn save(
    transaction: &DatabaseTransaction,
    days: &Days<'_>,
    date: NaiveDate,
    log: &Log,
    seen: &Seen,
    cause: Cause,
) -> Result<(), DbErr> {
    let zone = days.site.zone;
    match days.row(date) {
        None => {
            let id = attendance_log::next_id(transaction, date).await?;
            let row = opened(days.person, log, seen.of_check_in(log), zone);
            let row = ActiveModel { id: Set(id), ..row };
            attendance_log::open(transaction, &days.person.id, date, row).await?;
        }
        // Somebody who was missed came after all.
        Some(row) if row.status == Status::Missed => {
            let columns = opened(days.person, log, seen.of_check_in(log), zone);
            ActiveModel { id: Set(row.id.clone()), ..columns }.update(transaction).await?;
        }
        Some(row) => {
            let columns = moved(row, log, zone, cause);
            let columns = if began_elsewhere(row, log) {
                at_camera(log, seen.of_check_in(log), columns)
            } else {
                columns
            };
            columns.update(transaction).await?;
        }
    }
    Ok(())
}

/// A recomputed day may turn out to have begun at another camera, or at another time.
fn began_elsewhere(row: &Model, log: &Log) -> bool {
    !row.check_in_entered && (row.camera_id != log.camera_id || row.check_in_at != Some(log.check_in))
}

/// Brings a day's row to what its sightings give, and tells whether that made it another.
pub(crate) async fn put_right(
    transaction: &DatabaseTransaction,
    days: &Days<'_>,
    date: NaiveDate,
    log: Option<&Log>,
    seen: &Seen,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let stored = days.log(date);
    match (log, days.row(date)) {
        (log, _) if log == stored.as_ref() => Ok(false),
        (Some(log), _) => {
            let cause = if days.site.is_over(date, now) { Cause::Ended } else { Cause::Seen };
            save(transaction, days, date, log, seen, cause).await?;
            Ok(true)
        }
        (None, Some(row)) if stored.is_some() => withdraw(transaction, days, row, now).await,
        (None, _) => Ok(false),
    }
}

/// Takes back a log that cameras had opened and that its sightings do not give any more. One that Odoo knows stays, since only a
/// person can say there that somebody did not come, and so does what people entered.
async fn withdraw(
    transaction: &DatabaseTransaction,
    days: &Days<'_>,
    row: &Model,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    if is_entered(row) || row.odoo_attendance_id.is_some() || row.odoo_sent.is_some() {
        tracing::warn!(log = row.id, "its sightings count for another day, but it is kept");
        return Ok(false);
    }
    if days.site.is_over(row.date, now) && days.plan.expects(row.date) {
        ActiveModel { id: Set(row.id.clone()), ..missed() }.update(transaction).await?;
    } else {
        attendance_log::Entity::delete_by_id(row.id.as_str()).exec(transaction).await?;
    }
    Ok(true)
}

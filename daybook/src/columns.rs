//! The columns of a log that the rules fill in.

use attendance::{
    Log,
    odoo::{Cause, after_change, of_new},
};
use chrono::{DateTime, NaiveTime, Timelike as _, Utc};
use chrono_tz::Tz;
use entity::{
    attendance_log::{ActiveModel, Model, OdooStatus, Source, Status, VerificationStatus},
    detection,
};
use sea_orm::ActiveValue::Set;

use crate::{
    evidence::distance,
    person::Person,
    stored::{odoo, sent, stored_status, sync_status},
};

/// A log that the day did not have before.
pub(crate) fn opened(
    person: &Person,
    log: &Log,
    seen: Option<&detection::Sighting>,
    zone: Tz,
) -> ActiveModel {
    ActiveModel {
        name: Set(person.name.clone()),
        department: Set(person.department.clone()),
        source: Set(Source::Camera),
        verification_status: Set(VerificationStatus::Auto),
        odoo_status: Set(odoo(of_new(log.status))),
        ..at_camera(log, seen, times(log, zone))
    }
}

/// A log that the day had, as it is now.
pub(crate) fn moved(row: &Model, log: &Log, zone: Tz, cause: Cause) -> ActiveModel {
    let status = after_change(sync_status(row.odoo_status), log, sent(row), cause);
    ActiveModel { id: Set(row.id.clone()), odoo_status: Set(odoo(status)), ..times(log, zone) }
}

/// The day of somebody who did not come.
pub(crate) fn missed() -> ActiveModel {
    let empty = ActiveModel {
        check_in_at: Set(None),
        check_out_at: Set(None),
        time_in: Set(None),
        time_out: Set(None),
        status: Set(Status::Missed),
        odoo_status: Set(OdooStatus::Skipped),
        ..Default::default()
    };
    without_camera(empty)
}

/// Where the check-in was seen, and how surely.
pub(crate) fn at_camera(log: &Log, seen: Option<&detection::Sighting>, row: ActiveModel) -> ActiveModel {
    ActiveModel {
        camera_id: Set(log.camera_id.clone()),
        camera_name: Set(seen.map(|seen| seen.camera_name.clone())),
        accuracy: Set(seen.map(|seen| seen.confidence)),
        recognition_distance: Set(seen.and_then(distance)),
        location: Set(seen.map(|seen| seen.location.clone())),
        ..row
    }
}

/// No camera saw the check-in.
pub(crate) fn without_camera(row: ActiveModel) -> ActiveModel {
    ActiveModel {
        camera_id: Set(None),
        camera_name: Set(None),
        accuracy: Set(None),
        recognition_distance: Set(None),
        location: Set(None),
        ..row
    }
}

fn times(log: &Log, zone: Tz) -> ActiveModel {
    ActiveModel {
        check_in_at: Set(Some(log.check_in)),
        check_out_at: Set(log.check_out),
        time_in: Set(Some(time_of_day(log.check_in, zone))),
        time_out: Set(log.check_out.map(|at| time_of_day(at, zone))),
        shift_id: Set(log.shift_id.clone()),
        status: Set(stored_status(log.status)),
        ..Default::default()
    }
}

/// The site's clock, in whole seconds, as the contract shows times of day.
#[must_use]
pub fn time_of_day(at: DateTime<Utc>, zone: Tz) -> NaiveTime {
    let time = at.with_timezone(&zone).time();
    time.with_nanosecond(0).unwrap_or(time)
}

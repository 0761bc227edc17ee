//! One person's day as clients see it.

use chrono::{NaiveDate, NaiveTime};
use entity::attendance_log::{self as row, Model};
use poem_openapi::{Enum, Object};

use crate::timestamp::Timestamp;

/// Whether somebody came, and in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "row::Status", rename_all = "lowercase")]
pub enum LogStatus {
    /// In time.
    Present,
    /// After the shift's start plus its grace.
    Late,
    /// Not at all.
    Missed,
}

/// Who says that somebody came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "row::Source", rename_all = "lowercase")]
pub enum LogSource {
    /// Detections of a camera.
    Camera,
    /// A person, by hand.
    Manual,
    /// A picture sent for marking.
    Face,
}

/// Where a log stands with Odoo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "row::OdooStatus", rename_all = "lowercase")]
pub enum OdooStatus {
    /// To be sent.
    Pending,
    /// Odoo has it as it is.
    Synced,
    /// Odoo refused it.
    Failed,
    /// Never sent.
    Skipped,
}

/// One person's day.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct AttendanceLog {
    /// Id, `ATT-YYYYMMDD-NNN`.
    id: String,
    /// Person.
    employee_id: String,
    /// Name at that time.
    name: String,
    /// Department at that time.
    department: Option<String>,
    /// Day of the site; with a night shift, the day it began.
    date: NaiveDate,
    /// First sighting, `HH:MM:SS` of the site.
    time_in: Option<String>,
    /// Last sighting that counts, `HH:MM:SS` of the site.
    time_out: Option<String>,
    /// Camera of the first sighting.
    camera_id: Option<String>,
    /// Its name at that time.
    camera_name: Option<String>,
    /// Confidence of the first sighting, 0 to 100.
    accuracy: Option<f64>,
    /// Whether they came, and in time.
    status: LogStatus,
    /// Who says so.
    source: LogSource,
    /// Free text.
    note: Option<String>,
    /// Where it stands with Odoo.
    odoo_status: OdooStatus,
    /// Last successful sync.
    odoo_sync_time: Option<Timestamp>,
    /// Why the last sync failed.
    odoo_error_message: Option<String>,
}

impl From<Model> for AttendanceLog {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            employee_id: row.employee_id,
            name: row.name,
            department: row.department,
            date: row.date,
            time_in: row.time_in.map(time_of_day),
            time_out: row.time_out.map(time_of_day),
            camera_id: row.camera_id,
            camera_name: row.camera_name,
            accuracy: row.accuracy,
            status: row.status.into(),
            source: row.source.into(),
            note: row.note,
            odoo_status: row.odoo_status.into(),
            odoo_sync_time: row.odoo_sync_time.map(Timestamp),
            odoo_error_message: row.odoo_error_message,
        }
    }
}

/// A time of day as clients see it, `HH:MM:SS`.
pub fn time_of_day(time: NaiveTime) -> String {
    time.format("%H:%M:%S").to_string()
}

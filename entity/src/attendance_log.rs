//! One row per person and day of the site: when they came, when they left, and what Odoo knows of it.

mod closing;
mod days;
mod export;
mod list;
mod lock;
mod marking;
pub(crate) mod measures;
mod people;
mod person;
mod syncing;

pub use closing::{CheckOut, check_out, mark_missed, open_logs, without_log};
pub use days::Days;
pub use export::{CopiedLog, copy_statement, count, oldest_first};
pub(crate) use list::filtered;
pub use list::{Filter, page, unchanged};
pub use lock::lock_people;
pub use marking::{Opened, Sighting, find_of_day, find_of_days, move_time_out, next_id, open};
pub use people::{attending, find_of_people};
pub use person::{LastMark, history, last_mark};
pub use syncing::{
    Intent, Place, Settled, Waiting, WaitingPerson, count_waiting, has_record, intend, open_in_odoo, settle,
    standing_of, waiting, waiting_people,
};

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether somebody came, and in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In time.
    Present,
    /// After the shift's start plus its grace.
    Late,
    /// Not at all.
    Missed,
}

/// Who says that somebody came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Detections of a camera.
    Camera,
    /// A person, by hand.
    Manual,
    /// A picture sent for marking.
    Face,
}

/// Whether a person has looked at a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum VerificationStatus {
    /// Nobody has.
    Auto,
    /// It is right.
    Confirmed,
    /// It is wrong.
    Rejected,
}

/// Where a log stands with Odoo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
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
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "attendance_logs")]
pub struct Model {
    /// Key, `ATT-YYYYMMDD-NNN`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Person.
    pub employee_id: String,
    /// Name at that time.
    pub name: String,
    /// Name of the department at that time.
    pub department: Option<String>,
    /// Day of the site; with a night shift, the day it began.
    pub date: Date,
    /// First sighting, time of day of the site.
    pub time_in: Option<Time>,
    /// Last sighting that counts, time of day of the site.
    pub time_out: Option<Time>,
    /// First sighting.
    pub check_in_at: Option<DateTimeUtc>,
    /// Last sighting that counts.
    pub check_out_at: Option<DateTimeUtc>,
    /// Camera of the first sighting.
    pub camera_id: Option<String>,
    /// Its name at that time.
    pub camera_name: Option<String>,
    /// Confidence of the first sighting, 0 to 100.
    pub accuracy: Option<f64>,
    /// Distance in the embedding space; smaller is surer.
    pub recognition_distance: Option<f64>,
    /// Whether they came, and in time.
    pub status: Status,
    /// Whether a person entered the check-in: no camera moves it then.
    pub check_in_entered: bool,
    /// Whether a person entered the check-out.
    pub check_out_entered: bool,
    /// Whether a person entered the status.
    pub status_entered: bool,
    /// Who says so.
    pub source: Source,
    /// Whether a person has looked at it.
    pub verification_status: VerificationStatus,
    /// Free text.
    pub note: Option<String>,
    /// Shift it was judged by.
    pub shift_id: Option<String>,
    /// Picture that matched.
    pub face_image_id: Option<Uuid>,
    /// Where.
    pub location: Option<String>,
    /// Device of a self-service mark.
    pub device_id: Option<String>,
    /// Where it stands with Odoo.
    pub odoo_status: OdooStatus,
    /// What was last sent, to notice edits made there.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub odoo_sent: Option<Json>,
    /// Record id in Odoo.
    pub odoo_attendance_id: Option<i64>,
    /// Last successful sync.
    pub odoo_sync_time: Option<DateTimeUtc>,
    /// Why the last sync failed.
    pub odoo_error_message: Option<String>,
    /// Syncs tried since it became pending.
    pub odoo_attempts: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

//! Cameras. A deleted one keeps its row (`deleted_at`): hidden everywhere, its history stays and its id is never used again.

mod edits;
mod list;
mod observation;
mod turns;

pub use edits::{edit, insert, insert_with_next_id, soft_delete};
pub use list::{Filter, capturing, count, enabled, find_living, list, rows};
pub use observation::{Probe, record_frame, record_probe, set_status};
pub use turns::is_due;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::secret::Secret;
use crate::text_list::TextList;

/// How frames are fetched. The texts are those of the HTTP contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum StreamType {
    /// RTSP over TCP.
    #[sea_orm(string_value = "RTSP")]
    #[serde(rename = "RTSP")]
    Rtsp,
    /// A device of the worker's machine.
    #[sea_orm(string_value = "USB")]
    #[serde(rename = "USB")]
    Usb,
    /// MJPEG or a snapshot address.
    #[sea_orm(string_value = "HTTP")]
    #[serde(rename = "HTTP")]
    Http,
    /// A raw UDP or TCP stream.
    #[sea_orm(string_value = "Socket")]
    #[serde(rename = "Socket")]
    Socket,
    /// A file below the media root.
    #[sea_orm(string_value = "Local File")]
    #[serde(rename = "Local File")]
    LocalFile,
}

/// Whether a camera answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It does.
    Online,
    /// It has not been seen for a while.
    Offline,
    /// Somebody is working on it: health checks leave it alone.
    Maintenance,
}

/// What passing a camera means for presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Coming in.
    Entry,
    /// Going out.
    Exit,
    /// Either.
    Both,
}

/// A camera.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "cameras")]
pub struct Model {
    /// Key, `CAM-NN`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Name shown to people.
    pub name: String,
    /// Where it hangs.
    pub location: String,
    /// How frames are fetched.
    pub stream_type: StreamType,
    /// Address of the stream; credentials in it are sealed.
    pub stream_url: Secret,
    /// Whether it answers.
    pub status: Status,
    /// Frames a second, as last probed; 0 before.
    pub fps: f64,
    /// Time to the first frame in milliseconds, as last probed.
    pub latency: i32,
    /// kbit/s, as last probed.
    pub bitrate: i32,
    /// `WIDTHxHEIGHT`, as last probed.
    pub resolution: Option<String>,
    /// Address of the device.
    pub ip_address: Option<IpNetwork>,
    /// Free labels.
    #[sea_orm(column_type = "JsonBinary")]
    pub tags: TextList,
    /// Object storage key of the newest picture.
    pub thumbnail_key: Option<String>,
    /// Whether frames may be taken.
    pub enabled: bool,
    /// What passing it means for presence.
    pub direction: Direction,
    /// Seconds between automatic captures; null means only on demand.
    pub capture_interval_seconds: Option<i32>,
    /// Last frame that arrived.
    pub last_seen: Option<DateTimeUtc>,
    /// Last health probe.
    pub last_checked: Option<DateTimeUtc>,
    /// When it was deleted; null while living.
    pub deleted_at: Option<DateTimeUtc>,
    /// Rises by one with each edit by a person.
    pub version: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

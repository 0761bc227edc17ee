//! A camera as clients see it.

use std::time::Duration;

use entity::camera::{self, Model};
use platform::seal;
use poem_openapi::{Enum, Object};

use super::address::{MASK, masked};
use crate::{error::ApiError, state::App, timestamp::Timestamp};

/// Life of a signed address of a picture.
pub(super) const PICTURE_LIFE: Duration = Duration::from_secs(3600);

/// How frames are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "camera::StreamType")]
pub enum StreamType {
    /// RTSP over TCP.
    #[oai(rename = "RTSP")]
    Rtsp,
    /// A video device of the worker's machine.
    #[oai(rename = "USB")]
    Usb,
    /// MJPEG or a snapshot address.
    #[oai(rename = "HTTP")]
    Http,
    /// A raw UDP or TCP stream.
    Socket,
    /// A file below the media root.
    #[oai(rename = "Local File")]
    LocalFile,
}

/// Whether a camera answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "camera::Status", rename_all = "lowercase")]
pub enum CameraStatus {
    /// It does.
    Online,
    /// It has not been seen for a while.
    Offline,
    /// Somebody is working on it: health checks leave it alone.
    Maintenance,
}

/// What passing a camera means for presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "camera::Direction", rename_all = "lowercase")]
pub enum Direction {
    /// Coming in.
    Entry,
    /// Going out.
    Exit,
    /// Either.
    Both,
}

/// A camera.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
pub struct Camera {
    /// Id, `CAM-NN` where nobody chose another.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Where it hangs.
    pub location: String,
    /// How frames are fetched.
    pub stream_type: StreamType,
    /// Address of the stream; credentials in it are `***` for whoever lacks cameras:write.
    pub stream_url: String,
    /// Whether it answers.
    pub status: CameraStatus,
    /// Frames a second, as last probed; 0 before.
    pub fps: f64,
    /// Milliseconds to the first frame, as last probed.
    pub latency: i32,
    /// kbit/s, as last probed.
    pub bitrate: i32,
    /// `WIDTHxHEIGHT`, as last probed.
    pub resolution: Option<String>,
    /// Address of the device.
    pub ip_address: Option<String>,
    /// Free labels.
    pub tags: Vec<String>,
    /// Signed address of the newest picture, good for an hour.
    pub thumbnail: Option<String>,
    /// Whether frames may be taken.
    pub enabled: bool,
    /// What passing it means for presence.
    pub direction: Direction,
    /// Seconds between automatic captures; null means only on demand.
    pub capture_interval_seconds: Option<i32>,
    /// Last frame that arrived.
    pub last_seen: Option<Timestamp>,
    /// Last health probe.
    pub last_checked: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Rises with each edit.
    pub version: i32,
}

impl Camera {
    /// The camera of `row`, credentials shown only where `with_credentials`.
    ///
    /// # Errors
    /// Its picture cannot be signed.
    pub fn new(app: &App, row: Model, with_credentials: bool) -> Result<Self, ApiError> {
        let stream_url = shown_address(app, &row, with_credentials);
        let thumbnail = row.thumbnail_key.as_deref().map(|key| app.storage.signed_url(key, PICTURE_LIFE));
        Ok(Self {
            stream_url,
            thumbnail: thumbnail.transpose()?,
            id: row.id,
            name: row.name,
            location: row.location,
            stream_type: row.stream_type.into(),
            status: row.status.into(),
            fps: row.fps,
            latency: row.latency,
            bitrate: row.bitrate,
            resolution: row.resolution,
            ip_address: row.ip_address.map(|network| network.ip().to_string()),
            tags: row.tags.0,
            enabled: row.enabled,
            direction: row.direction.into(),
            capture_interval_seconds: row.capture_interval_seconds,
            last_seen: row.last_seen.map(Timestamp),
            last_checked: row.last_checked.map(Timestamp),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            version: row.version,
        })
    }
}

/// One camera that a lost key makes unreadable must not hide the others, so its address is `***` as a whole.
pub(super) fn shown_address(app: &App, row: &Model, with_credentials: bool) -> String {
    match stored_address(app, row) {
        Ok(address) if with_credentials => address,
        Ok(address) => masked(&address),
        Err(error) => {
            tracing::error!(camera = %row.id, %error, "a stream address cannot be opened");
            MASK.to_owned()
        }
    }
}

/// The address in plain text, for calling it.
///
/// # Errors
/// It was sealed with a key that is not configured any more.
pub(super) fn stored_address(app: &App, row: &Model) -> Result<String, seal::SealError> {
    app.sealer.open(seal::STREAM_URL, row.stream_url.expose())
}

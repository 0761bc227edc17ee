//! Looking through a camera: a probe of its stream, and a picture for people.

use std::sync::Arc;

use capture::{Demand, Frame, Source};
use chrono::{DateTime, SecondsFormat, SubsecRound as _, Utc};
use entity::camera::{self, ActiveModel, Model};
use poem_openapi::Object;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::Serialize;

use super::{
    camera::{PICTURE_LIFE, stored_address},
    edits::{RESOURCE, announce, living},
    fields::source_type,
};
use crate::{
    audit::{Change, Entry},
    call::Call,
    error::ApiError,
    state::App,
    timestamp::Timestamp,
};

/// What a probe found. A figure that the stream does not reveal is null.
#[derive(Debug, Default, Serialize, Object)]
#[serde(rename_all = "camelCase")]
#[oai(rename_all = "camelCase")]
pub struct ConnectionTest {
    /// Whether the stream can be read.
    success: bool,
    /// Milliseconds to the first of the video's data.
    latency_ms: Option<u64>,
    /// kbit/s, measured.
    bitrate: Option<u32>,
    /// Pictures a second, measured.
    fps: Option<f64>,
    /// `WIDTHxHEIGHT`.
    resolution: Option<String>,
    /// FFmpeg's name of the codec.
    codec: Option<String>,
    /// One sentence for people; where the stream cannot be read, why.
    message: String,
}

/// A picture in object storage.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Snapshot {
    /// Key of the picture.
    asset_id: String,
    /// Signed address of it, good for an hour.
    url: String,
    /// When it was taken.
    timestamp: Timestamp,
}

/// Probes the stream and keeps what was measured. The status is left to the health check, which knows about alerts.
///
/// # Errors
/// No such camera; a stream that cannot be read is no error.
pub async fn test(app: &App, call: &Arc<Call>, id: &str) -> Result<ConnectionTest, ApiError> {
    let row = living(&app.db, id).await?;
    let test = probe(app, &row).await?;
    let change = Change::begin(&app.db, call).await?;
    camera::Entity::update_many()
        .set(measured(&test))
        .filter(camera::Column::Id.eq(id))
        .exec(&*change)
        .await?;
    let entry = Entry::new("camera.test_connection", format!("The stream of camera {id} was probed"));
    change.commit(entry.on(RESOURCE, &id).after(&test)).await?;
    announce_seen(app, id).await;
    Ok(test)
}

async fn probe(app: &App, row: &Model) -> Result<ConnectionTest, ApiError> {
    let found = match source(app, row) {
        Ok(source) => app.machinery.capturer.probe(&source).await,
        Err(Unusable::Address(error)) => Err(error),
        Err(Unusable::Sealed(error)) => return Err(error),
    };
    Ok(match found {
        Ok(probe) => ConnectionTest {
            success: true,
            latency_ms: Some(probe.latency_ms),
            bitrate: probe.bitrate_kbps,
            fps: probe.fps,
            resolution: probe.resolution.map(|(width, height)| format!("{width}x{height}")),
            codec: probe.codec,
            message: "the stream can be read".to_owned(),
        },
        Err(error) => {
            tracing::debug!(camera = %row.id, error = %platform::launch::chain(&error), "probe failed");
            ConnectionTest { message: error.to_string(), ..Default::default() }
        }
    })
}

/// `last_seen` moves only where the stream was seen, and no version rises: nobody edited the camera.
fn measured(test: &ConnectionTest) -> ActiveModel {
    let now = Some(Utc::now());
    let mut columns = ActiveModel { last_checked: Set(now), ..Default::default() };
    if test.success {
        columns.last_seen = Set(now);
        columns.latency = Set(test.latency_ms.map_or(0, |ms| i32::try_from(ms).unwrap_or(i32::MAX)));
        columns.fps = Set(test.fps.unwrap_or(0.0));
        columns.bitrate = Set(test.bitrate.map_or(0, |rate| i32::try_from(rate).unwrap_or(i32::MAX)));
        columns.resolution = Set(test.resolution.clone());
    }
    columns
}

/// Takes a picture and stores it; it becomes the camera's thumbnail.
///
/// # Errors
/// No such camera, a disabled one, one that gives no picture, or storage is away.
pub async fn snapshot(app: &App, call: &Arc<Call>, id: &str) -> Result<Snapshot, ApiError> {
    let row = living(&app.db, id).await?;
    if !row.enabled {
        return Err(ApiError::InvalidState("the camera is disabled".into()));
    }
    let source = source(app, &row)?;
    let Frame { jpeg, captured_at, .. } = app.machinery.capturer.frame(&source, Demand::Once).await?;
    // What the database keeps.
    let captured_at = captured_at.trunc_subsecs(6);
    let key = key_of(id, captured_at);
    app.storage.put(&key, "image/jpeg", jpeg).await?;
    let change = Change::begin(&app.db, call).await?;
    camera::record_frame(&*change, id, captured_at, Some(key.clone())).await?;
    let entry = Entry::new("camera.snapshot", format!("A picture of camera {id} was taken"));
    change.commit(entry.on(RESOURCE, &id).after(&serde_json::json!({ "assetId": key }))).await?;
    announce_seen(app, id).await;
    let url = app.storage.signed_url(&key, PICTURE_LIFE)?;
    Ok(Snapshot { asset_id: key, url, timestamp: captured_at.into() })
}

/// What was measured and seen shows in every replica's lists; the change itself is made already.
async fn announce_seen(app: &App, id: &str) {
    match camera::find_living(&app.db, id).await {
        Ok(Some(row)) => announce(app, &row).await,
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, camera = id, "a change of the camera was not announced"),
    }
}

fn key_of(id: &str, time: DateTime<Utc>) -> String {
    let time = time.to_rfc3339_opts(SecondsFormat::Micros, true).replace([':', '-'], "");
    format!("snapshots/{id}/{time}.jpg")
}

/// Why a camera's address leads nowhere.
enum Unusable {
    /// It makes no sense.
    Address(capture::CaptureError),
    /// It cannot be opened.
    Sealed(ApiError),
}

impl From<Unusable> for ApiError {
    fn from(unusable: Unusable) -> Self {
        match unusable {
            Unusable::Address(error) => error.into(),
            Unusable::Sealed(error) => error,
        }
    }
}

fn source(app: &App, row: &Model) -> Result<Source, Unusable> {
    let address = stored_address(app, row).map_err(|error| Unusable::Sealed(error.into()))?;
    Source::parse(source_type(row.stream_type), &address).map_err(|error| Unusable::Address(error.into()))
}

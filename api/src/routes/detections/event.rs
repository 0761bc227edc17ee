//! An entry of the event log: what came of one look at a frame.

use entity::detection_event_log::{self, Model};
use poem_openapi::{Enum, Object};
use serde_json::Value;
use uuid::Uuid;

use crate::timestamp::Timestamp;

/// How a look at a frame went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "detection_event_log::Status", rename_all = "lowercase")]
pub enum EventStatus {
    /// The provider answered.
    Received,
    /// The answer is awaited.
    Processing,
    /// Capture or provider failed.
    Error,
}

/// One look at a frame.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct DetectionEvent {
    /// Id.
    id: Uuid,
    /// The job that looked.
    job_id: Uuid,
    /// The camera.
    camera_id: String,
    /// Its name at that time.
    camera_name: String,
    /// When the frame was captured, or the attempt failed.
    timestamp: Timestamp,
    /// How it went.
    status: EventStatus,
    /// The provider's time in milliseconds.
    latency_ms: Option<i32>,
    /// The provider's answer as it came.
    payload: Option<Value>,
    /// Why it failed.
    error_message: Option<String>,
}

impl From<Model> for DetectionEvent {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            job_id: row.job_id,
            camera_id: row.camera_id,
            camera_name: row.camera_name,
            timestamp: row.timestamp.into(),
            status: row.status.into(),
            latency_ms: row.latency_ms,
            payload: row.payload,
            error_message: row.error_message,
        }
    }
}

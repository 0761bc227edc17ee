//! The alerts that workers raise, each with the key that keeps it from being raised twice.

use chrono::{DateTime, Utc};
use entity::{TextList, alert, camera, detection_provider_config};
use sea_orm::ActiveValue::Set;

/// Somebody unknown was seen; one alert a camera within the configured time.
#[must_use]
pub fn unknown_face(camera: &camera::Model, faces: usize, at: DateTime<Utc>) -> alert::ActiveModel {
    let who = if faces == 1 { "An unknown face".to_owned() } else { format!("{faces} unknown faces") };
    alert::ActiveModel {
        description: Set(Some(format!("Seen by {} at {}", camera.id, camera.location))),
        camera_id: Set(Some(camera.id.clone())),
        ..new(
            &format!("{who} at {}", camera.name),
            "unknown_face",
            alert::Level::Medium,
            &unknown_face_key(&camera.id),
            at,
        )
    }
}

/// Key of a camera's alert about unknown faces.
#[must_use]
pub fn unknown_face_key(camera_id: &str) -> String {
    format!("unknown-face:{camera_id}")
}

/// A camera gives no picture any more.
#[must_use]
pub fn camera_offline(camera: &camera::Model, reason: &str, at: DateTime<Utc>) -> alert::ActiveModel {
    alert::ActiveModel {
        description: Set(Some(reason.to_owned())),
        camera_id: Set(Some(camera.id.clone())),
        ..new(
            &format!("{} is offline", camera.name),
            "camera_offline",
            alert::Level::High,
            &camera_offline_key(&camera.id),
            at,
        )
    }
}

/// Key of the alert about an offline camera.
#[must_use]
pub fn camera_offline_key(camera_id: &str) -> String {
    format!("camera-offline:{camera_id}")
}

/// Key of the alert about the detection provider.
pub const PROVIDER_KEY: &str = "detection-provider";

/// The detection provider is not well.
#[must_use]
pub fn provider(
    status: detection_provider_config::Status,
    message: &str,
    at: DateTime<Utc>,
) -> alert::ActiveModel {
    let (state, level) = match status {
        detection_provider_config::Status::Offline => ("offline", alert::Level::Critical),
        detection_provider_config::Status::Degraded => ("degraded", alert::Level::High),
        detection_provider_config::Status::Connected => ("connected", alert::Level::Low),
    };
    alert::ActiveModel {
        description: Set(Some(message.to_owned())),
        ..new(&format!("The detection provider is {state}"), "provider", level, PROVIDER_KEY, at)
    }
}

/// Key of the alert that Odoo refuses us.
pub const ODOO_KEY: &str = "odoo";

/// Odoo refuses us until somebody acts; the message says how.
#[must_use]
pub fn odoo_refuses(message: &str, at: DateTime<Utc>) -> alert::ActiveModel {
    alert::ActiveModel {
        description: Set(Some(message.to_owned())),
        ..new("Attendance does not reach Odoo", "odoo", alert::Level::High, ODOO_KEY, at)
    }
}

/// Key of the alert that many logs failed.
pub const ODOO_FAILURES_KEY: &str = "odoo-failures";

/// A sync left more failures than are usual.
#[must_use]
pub fn odoo_failures(failed: u64, at: DateTime<Utc>) -> alert::ActiveModel {
    let what = "Each log says why, under the filter for failed ones; most need a correction of the log or of the employee in Odoo.";
    alert::ActiveModel {
        description: Set(Some(what.to_owned())),
        ..new(
            &format!("{failed} attendance logs did not reach Odoo"),
            "odoo_failures",
            alert::Level::Medium,
            ODOO_FAILURES_KEY,
            at,
        )
    }
}

fn new(title: &str, kind: &str, level: alert::Level, key: &str, at: DateTime<Utc>) -> alert::ActiveModel {
    alert::ActiveModel {
        title: Set(title.to_owned()),
        kind: Set(kind.to_owned()),
        level: Set(level),
        dedup_key: Set(Some(key.to_owned())),
        timestamp: Set(at),
        acknowledged: Set(false),
        tags: Set(TextList::default()),
        ..alert::ActiveModel::keyed()
    }
}

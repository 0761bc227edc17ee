//! What the settings mean to the code: one typed field per row, named by its key. A row that is missing has its default; a
//! value of the wrong type is an error that names the key.

use std::collections::HashMap;

use chrono_tz::Tz;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{DataType, Entity};

/// All settings. Times are in the unit that the name ends in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "each field is described by its row in ENTRIES")]
pub struct Settings {
    #[serde(rename = "attendance.timezone")]
    pub attendance_timezone: Tz,
    #[serde(rename = "attendance.presence_timeout_minutes")]
    pub attendance_presence_timeout_minutes: u32,
    #[serde(rename = "attendance.cooldown_seconds")]
    pub attendance_cooldown_seconds: u32,
    #[serde(rename = "attendance.min_stay_minutes")]
    pub attendance_min_stay_minutes: u32,
    #[serde(rename = "attendance.min_agreeing_frames_on_demand")]
    pub attendance_min_agreeing_frames_on_demand: u32,
    #[serde(rename = "attendance.min_agreeing_frames_automatic")]
    pub attendance_min_agreeing_frames_automatic: u32,
    #[serde(rename = "alerts.unknown_face_cooldown_seconds")]
    pub alerts_unknown_face_cooldown_seconds: u32,
    #[serde(rename = "alerts.camera_offline_minutes")]
    pub alerts_camera_offline_minutes: u32,
    #[serde(rename = "odoo.failure_alert_threshold")]
    pub odoo_failure_alert_threshold: u32,
    #[serde(rename = "odoo.match_order")]
    pub odoo_match_order: Vec<OdooMatch>,
    #[serde(rename = "auth.registration_enabled")]
    pub auth_registration_enabled: bool,
    #[serde(rename = "capture.max_cameras")]
    pub capture_max_cameras: u32,
    #[serde(rename = "retention.detections_days")]
    pub retention_detections_days: u32,
    #[serde(rename = "retention.events_days")]
    pub retention_events_days: u32,
    #[serde(rename = "retention.audit_days")]
    pub retention_audit_days: u32,
    #[serde(rename = "retention.metrics_days")]
    pub retention_metrics_days: u32,
    #[serde(rename = "retention.snapshots_days")]
    pub retention_snapshots_days: u32,
    #[serde(rename = "retention.exports_days")]
    pub retention_exports_days: u32,
}

/// Field of Odoo's employees by which one is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OdooMatch {
    /// Badge number.
    Barcode,
    /// Number of a document; may repeat.
    IdentificationId,
    /// Mail address at work.
    WorkEmail,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            attendance_timezone: Tz::UTC,
            attendance_presence_timeout_minutes: 60,
            attendance_cooldown_seconds: 60,
            attendance_min_stay_minutes: 5,
            attendance_min_agreeing_frames_on_demand: 1,
            attendance_min_agreeing_frames_automatic: 2,
            alerts_unknown_face_cooldown_seconds: 300,
            alerts_camera_offline_minutes: 5,
            odoo_failure_alert_threshold: 10,
            odoo_match_order: vec![OdooMatch::Barcode, OdooMatch::IdentificationId, OdooMatch::WorkEmail],
            auth_registration_enabled: false,
            capture_max_cameras: 1000,
            retention_detections_days: 90,
            retention_events_days: 30,
            retention_audit_days: 365,
            retention_metrics_days: 30,
            retention_snapshots_days: 30,
            retention_exports_days: 7,
        }
    }
}

/// Why settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A value is not of its key's type.
    #[error("setting `{key}` has an unusable value")]
    Invalid {
        /// The key.
        key: String,
        /// What is wrong with the value.
        #[source]
        source: serde_json::Error,
    },
    /// The database is out of reach.
    #[error("settings could not be read")]
    Database(#[from] DbErr),
}

/// A key with its type and its description.
const ENTRIES: [(&str, DataType, &str); 18] = [
    ("attendance.timezone", DataType::Timezone, "Time zone of the site; it decides where a day begins."),
    (
        "attendance.presence_timeout_minutes",
        DataType::Integer,
        "Minutes without a sighting after which somebody counts as gone.",
    ),
    (
        "attendance.cooldown_seconds",
        DataType::Integer,
        "Seconds in which a person seen again by the same camera changes nothing.",
    ),
    (
        "attendance.min_stay_minutes",
        DataType::Integer,
        "Minutes after arrival before a sighting moves the time out.",
    ),
    (
        "attendance.min_agreeing_frames_on_demand",
        DataType::Integer,
        "Frames that must agree on a person when somebody asked for a frame.",
    ),
    (
        "attendance.min_agreeing_frames_automatic",
        DataType::Integer,
        "Frames that must agree on a person in automatic capture.",
    ),
    (
        "alerts.unknown_face_cooldown_seconds",
        DataType::Integer,
        "Seconds between two alerts about unknown faces at one camera.",
    ),
    (
        "alerts.camera_offline_minutes",
        DataType::Integer,
        "Minutes without a frame after which a camera counts as offline.",
    ),
    (
        "odoo.failure_alert_threshold",
        DataType::Integer,
        "Failures in one sync above which an alert is raised.",
    ),
    ("odoo.match_order", DataType::List, "Fields of Odoo's employees to find a person by, first one first."),
    ("auth.registration_enabled", DataType::Boolean, "Whether people may make themselves an account."),
    ("capture.max_cameras", DataType::Integer, "How many cameras there may be."),
    ("retention.detections_days", DataType::Integer, "Days for which detections are kept."),
    ("retention.events_days", DataType::Integer, "Days for which the detection event log is kept."),
    ("retention.audit_days", DataType::Integer, "Days for which the audit trail is kept."),
    ("retention.metrics_days", DataType::Integer, "Days for which readings of machines are kept."),
    ("retention.snapshots_days", DataType::Integer, "Days for which snapshots and thumbnails are kept."),
    ("retention.exports_days", DataType::Integer, "Days for which exported files are kept."),
];

/// One setting as it stands in the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Name.
    pub key: &'static str,
    /// Type of the value.
    pub data_type: DataType,
    /// One sentence for administrators.
    pub description: &'static str,
    /// The value.
    pub value: Value,
}

impl Entry {
    /// Group on the settings page: what stands before the key's dot.
    #[must_use]
    pub fn category(&self) -> &'static str {
        self.key.split_once('.').map_or(self.key, |(category, _)| category)
    }
}

impl Settings {
    /// Reads all settings.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub async fn load(db: &impl ConnectionTrait) -> Result<Self, SettingsError> {
        let rows = Entity::find().all(db).await?;
        Self::from_values(rows.into_iter().map(|row| (row.key, row.value)))
    }

    /// Checks one value, as an administrator wants to set it.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] when it is not of the key's type.
    pub fn check(key: &str, value: &Value) -> Result<(), SettingsError> {
        let alone = Map::from_iter([(key.to_owned(), value.clone())]);
        serde_json::from_value::<Self>(Value::Object(alone))
            .map(drop)
            .map_err(|source| SettingsError::Invalid { key: key.to_owned(), source })
    }

    fn from_values(values: impl IntoIterator<Item = (String, Value)>) -> Result<Self, SettingsError> {
        let mut all = Map::new();
        for (key, value) in values {
            Self::check(&key, &value)?;
            all.insert(key, value);
        }
        serde_json::from_value(Value::Object(all))
            .map_err(|source| SettingsError::Invalid { key: "*".to_owned(), source })
    }

    /// The settings as rows, in the order of the settings page.
    #[must_use]
    pub fn into_entries(self) -> Vec<Entry> {
        let values: HashMap<String, Value> =
            serde_json::to_value(self).and_then(serde_json::from_value).unwrap_or_default();
        let entry = |(key, data_type, description): (&'static str, DataType, &'static str)| {
            values.get(key).map(|value| Entry { key, data_type, description, value: value.clone() })
        };
        ENTRIES.into_iter().filter_map(entry).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_described_once_and_reads_back() -> Result<(), SettingsError> {
        let entries = Settings::default().into_entries();
        assert_eq!(entries.len(), ENTRIES.len());
        let values = entries.into_iter().map(|entry| (entry.key.to_owned(), entry.value));
        assert_eq!(Settings::from_values(values)?, Settings::default());
        let fields =
            serde_json::to_value(Settings::default()).ok().and_then(|all| all.as_object().map(Map::len));
        assert_eq!(fields, Some(ENTRIES.len()));
        Ok(())
    }

    #[test]
    fn a_value_of_the_wrong_type_is_refused_by_its_key() {
        for (key, value) in [
            ("attendance.timezone", Value::from("Mars/Olympus")),
            ("attendance.cooldown_seconds", Value::from(-1)),
            ("auth.registration_enabled", Value::from("yes")),
            ("odoo.match_order", serde_json::json!(["shoe_size"])),
        ] {
            let error = Settings::check(key, &value).err().map(|error| error.to_string());
            assert_eq!(error, Some(format!("setting `{key}` has an unusable value")));
        }
    }

    #[test]
    fn a_missing_row_means_the_default() -> Result<(), SettingsError> {
        let settings = Settings::from_values([("attendance.cooldown_seconds".to_owned(), Value::from(5))])?;
        assert_eq!(settings, Settings { attendance_cooldown_seconds: 5, ..Settings::default() });
        Ok(())
    }
}

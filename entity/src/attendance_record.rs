//! Where each person is now: one row a person, overwritten by newer sightings.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::key::uuid_v7_key;

/// Where somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// In the house.
    OnSite,
    /// Gone, or not seen for a while.
    OffSite,
    /// Working elsewhere.
    Remote,
}

/// One person's whereabouts.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "attendance_records")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Employee id.
    pub person_id: String,
    /// Name.
    pub name: String,
    /// Name of the role.
    pub role: Option<String>,
    /// Name of the department.
    pub department: Option<String>,
    /// Where they are.
    pub status: Status,
    /// Confidence of the sighting, 0 to 100.
    pub accuracy: Option<f64>,
    /// Last sighting.
    pub timestamp: DateTimeUtc,
    /// Camera of it.
    pub camera_id: Option<String>,
    /// Its name.
    pub camera_name: Option<String>,
    /// Object storage key of the face.
    pub thumbnail_key: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

//! Faces that were seen. The table is partitioned by day (UTC) of `timestamp`, so that retention drops whole partitions;
//! it has no foreign keys, because a check per row would cost more than the row.

mod live;
mod partitions;
mod sightings;

pub use live::{insert_many, newest};
pub use partitions::{delete_strays_before, drop_partitions, ensure_partitions};
pub use sightings::{Sighting, Stretch, days_without, last_seen, sightings, sightings_of};

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::detection_provider_config::ProviderKind;

/// What a recognition means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// An active profile, confident enough.
    Authorized,
    /// A pending or archived profile, or an id without a profile.
    Visitor,
    /// No match.
    Unknown,
}

/// A rectangle in pixels of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct BoundingBox {
    /// Distance from the frame's upper edge.
    pub top: i32,
    /// Distance from the frame's left edge.
    pub left: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

/// One face in one frame.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "detections")]
pub struct Model {
    /// First half of the key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// When the frame was captured.
    #[sea_orm(primary_key, auto_increment = false)]
    pub timestamp: DateTimeUtc,
    /// Job that found it.
    pub job_id: Option<Uuid>,
    /// Employee id, where somebody was recognised.
    pub person_id: Option<String>,
    /// Name at that time.
    pub name: Option<String>,
    /// Which camera saw it.
    pub camera_id: String,
    /// 0 to 100, as shown.
    pub confidence: f64,
    /// The provider's name for a face followed over frames.
    pub track_id: Option<String>,
    /// Where in the frame.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub bounding_box: Option<BoundingBox>,
    /// Object storage key of the face.
    pub thumbnail_key: Option<String>,
    /// What the recognition means.
    pub status: Status,
    /// Who recognised it.
    pub provider_kind: ProviderKind,
    /// The provider's own score; not comparable between providers.
    pub provider_score: Option<f64>,
    /// Whether the camera's interval asked for the frame, and not a person: attendance asks more of those.
    pub automatic: bool,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

//! Pictures of known faces, with what the recogniser made of them.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::key::uuid_v7_key;

/// Whether a picture is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not enrolled yet.
    Pending,
    /// Enrolled.
    Verified,
    /// Not fit for recognition.
    Rejected,
}

/// One picture.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "face_images")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose face.
    pub profile_id: Uuid,
    /// Object storage key.
    pub s3_key: String,
    /// SHA-256 of the stored picture, in hex; unique per profile.
    pub image_hash: String,
    /// 0 to 1.
    pub quality_score: Option<f64>,
    /// Detector's confidence, 0 to 100.
    pub face_confidence: Option<f64>,
    /// Whether it is used.
    pub status: Status,
    /// The provider's name for it.
    pub provider_ref: Option<String>,
    /// Embedding, little-endian f32.
    #[sea_orm(column_type = "VarBinary(StringLen::None)", nullable)]
    pub encoding: Option<Vec<u8>>,
    /// When it was taken.
    pub captured_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
    /// The person.
    #[sea_orm(belongs_to, from = "profile_id", to = "id", on_delete = "Cascade")]
    pub profile: BelongsTo<super::face_profile::Entity>,
}

uuid_v7_key!();

//! Settings that administrators change while the system runs. Rows are seeded; the code reads them through typed settings.

mod settings;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
pub use settings::{Entry, OdooMatch, Settings, SettingsError};

/// Type of a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum DataType {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// Name of an IANA zone.
    Timezone,
    /// A list of texts.
    List,
}

/// One setting.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "system_config")]
pub struct Model {
    /// Name, such as `attendance.timezone`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// The value, of the type that `data_type` names.
    #[sea_orm(column_type = "JsonBinary")]
    pub value: Json,
    /// Type of the value.
    pub data_type: DataType,
    /// One sentence for administrators.
    pub description: String,
    /// Group on the settings page.
    pub category: String,
    /// Whether the API changes it.
    pub is_editable: bool,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

//! The last number given out per scope, for ids that people read (`CAM-NN`, `ATT-YYYYMMDD-NNN`). A number is used up when it is
//! given out, whatever becomes of the row, so none is ever used twice.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One sequence of numbers.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "id_counters")]
pub struct Model {
    /// What is numbered: `CAM`, or `ATT-YYYYMMDD`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    /// Last number given out.
    pub last: i64,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

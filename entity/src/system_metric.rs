//! Readings of the machines that run the workers.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::key::uuid_v7_key;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Processors.
    Cpu,
    /// Graphics processors.
    Gpu,
    /// Main memory.
    Memory,
    /// File systems.
    Disk,
    /// Interfaces.
    Network,
}

/// One reading.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "system_metrics")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Machine.
    pub host: String,
    /// What is measured.
    pub category: Category,
    /// Which one of them, such as `cpu0` or `/`.
    pub label: String,
    /// Reading.
    pub value: f64,
    /// Its unit.
    pub unit: Option<String>,
    /// What is full or too much.
    pub limit_value: Option<f64>,
    /// When.
    pub timestamp: DateTimeUtc,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

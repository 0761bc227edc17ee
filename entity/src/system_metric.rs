//! Readings of the machines that run the workers.

use sea_orm::entity::prelude::*;
use sea_orm::raw_sql;
use serde::{Deserialize, Serialize};

use crate::key::uuid_v7_key;
use crate::removal::{self, Batch, Removed};

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

/// Removes a batch of readings.
///
/// # Errors
/// The database is out of reach.
pub async fn delete_before(db: &impl ConnectionTrait, batch: Batch) -> Result<Removed, DbErr> {
    let Batch { from, before, limit } = batch;
    let statement = raw_sql!(
        Postgres,
        r#"WITH gone AS (
               DELETE FROM system_metrics WHERE timestamp < {before} AND ctid = ANY(ARRAY(
                   SELECT ctid FROM system_metrics WHERE timestamp >= {from} AND timestamp < {before} ORDER BY timestamp LIMIT {limit}))
               RETURNING timestamp AS at)
           SELECT count(*) AS rows, max(at) AS newest FROM gone"#
    );
    removal::removed(db, statement).await
}

//! The guard that makes a job's effect happen once. A handler inserts the row first in its last transaction; whoever finds it
//! there already stores nothing more and answers with the result kept in it.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One job's effects, applied.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "job_effects")]
pub struct Model {
    /// The job.
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: Uuid,
    /// Kind of the job, which decides how long the row is kept.
    pub kind: String,
    /// Run whose transaction was committed.
    pub run_id: String,
    /// What the job answered.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub result: Option<Json>,
    /// When.
    pub applied_at: DateTimeUtc,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

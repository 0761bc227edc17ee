//! What came of each look at a frame: the provider's answer, or why there is none.

mod total;

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, raw_sql};
use serde::{Deserialize, Serialize};

use crate::key::uuid_v7_key;
use crate::page::{self, Page, Paged};
use crate::removal::{self, Batch, Removed};

/// How a look at a frame went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The provider answered.
    Received,
    /// The answer is awaited.
    Processing,
    /// Capture or provider failed.
    Error,
}

/// One look at a frame.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "detection_event_logs")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Job that looked.
    pub job_id: Uuid,
    /// Camera.
    pub camera_id: String,
    /// Its name at that time.
    pub camera_name: String,
    /// When the frame was captured, or the attempt failed.
    pub timestamp: DateTimeUtc,
    /// How it went.
    pub status: Status,
    /// The provider's time in milliseconds.
    pub latency_ms: Option<i32>,
    /// The provider's answer, bounded.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub payload: Option<Json>,
    /// Why it failed.
    pub error_message: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

/// Which events a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// With this status.
    pub status: Option<Status>,
    /// Of this camera.
    pub camera_id: Option<String>,
    /// From this time on.
    pub from: Option<DateTimeUtc>,
    /// Up to and with this time.
    pub to: Option<DateTimeUtc>,
}

fn filtered(filter: &Filter) -> Select<Entity> {
    let condition = Condition::all()
        .add_option(filter.status.map(|status| Column::Status.eq(status)))
        .add_option(filter.camera_id.as_ref().map(|camera| Column::CameraId.eq(camera)))
        .add_option(filter.from.map(|from| Column::Timestamp.gte(from)))
        .add_option(filter.to.map(|to| Column::Timestamp.lte(to)));
    Entity::find().filter(condition)
}

fn ordered(filter: &Filter) -> Select<Entity> {
    filtered(filter).order_by_desc(Column::Timestamp).order_by_desc(Column::Id)
}

/// One page of events, newest first.
///
/// # Errors
/// The database is out of reach.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, page: Page) -> Result<Paged<Model>, DbErr> {
    page::with_total(db, ordered(filter), page, total::of(db, filter)).await
}

/// Removes a batch of events.
///
/// # Errors
/// The database is out of reach.
pub async fn delete_before(db: &impl ConnectionTrait, batch: Batch) -> Result<Removed, DbErr> {
    let Batch { from, before, limit } = batch;
    let statement = raw_sql!(
        Postgres,
        r#"WITH gone AS (
               DELETE FROM detection_event_logs WHERE timestamp < {before} AND ctid = ANY(ARRAY(
                   SELECT ctid FROM detection_event_logs WHERE timestamp >= {from} AND timestamp < {before} ORDER BY timestamp LIMIT {limit}))
               RETURNING timestamp AS at)
           SELECT count(*) AS rows, max(at) AS newest FROM gone"#
    );
    removal::removed(db, statement).await
}

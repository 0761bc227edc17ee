//! Who did what. Rows are only ever added: a trigger refuses UPDATE, and DELETE outside retention.

mod stretch;

pub use stretch::{Stretch, count, oldest_first};

use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, raw_sql};
use serde::{Deserialize, Serialize};

use crate::insert;
use crate::key::uuid_v7_key;
use crate::level::Level;
use crate::removal::{self, Batch, Removed};

/// Whether an action was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It was.
    Success,
    /// It was refused or failed.
    Failure,
}

/// One action.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "audit_logs")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who, as text: an e-mail address, or the name of a part of the system.
    pub actor: String,
    /// The account, if there is one.
    pub user_id: Option<Uuid>,
    /// Role at that time.
    pub actor_role: Option<String>,
    /// What, such as `camera.update`.
    pub action: String,
    /// Kind of the thing it was done to.
    pub resource_type: Option<String>,
    /// Which one.
    pub resource_id: Option<String>,
    /// One sentence for people.
    pub message: String,
    /// Before, secrets masked.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub old_value: Option<Json>,
    /// After, secrets masked.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub new_value: Option<Json>,
    /// Whatever else helps.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub context: Option<Json>,
    /// How much it matters.
    pub severity: Level,
    /// Whether it was done.
    pub status: Status,
    /// Why not.
    pub error_message: Option<String>,
    /// Where from.
    pub ip_address: Option<IpNetwork>,
    /// Browser or program.
    pub user_agent: Option<String>,
    /// Request it belongs to.
    pub request_id: Uuid,
    /// When.
    pub timestamp: DateTimeUtc,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

/// Adds a row; in the transaction of the change it tells of, where there is one.
///
/// # Errors
/// The database is out of reach.
pub async fn append(db: &impl ConnectionTrait, row: ActiveModel) -> Result<Model, DbErr> {
    row.insert(db).await
}

/// The same for a row that may be there already, since an earlier try was given up before its answer came.
///
/// # Errors
/// The database is out of reach.
pub async fn append_once(db: &impl ConnectionTrait, row: ActiveModel) -> Result<(), DbErr> {
    insert::unless_taken(db, row).await.map(drop)
}

/// Removes a batch of rows: retention, and the only way to remove any.
/// The permission ends with the statement, or with the transaction when that fails.
///
/// # Errors
/// The database is out of reach.
pub async fn delete_before(transaction: &DatabaseTransaction, batch: Batch) -> Result<Removed, DbErr> {
    let Batch { from, before, limit } = batch;
    let statement = raw_sql!(
        Postgres,
        r#"WITH gone AS (
               DELETE FROM audit_logs WHERE timestamp < {before} AND ctid = ANY(ARRAY(
                   SELECT ctid FROM audit_logs WHERE timestamp >= {from} AND timestamp < {before} ORDER BY timestamp LIMIT {limit}))
               RETURNING timestamp AS at)
           SELECT count(*) AS rows, max(at) AS newest FROM gone"#
    );
    transaction.execute_unprepared("SET LOCAL rollcall.audit_retention = 'on'").await?;
    let removed = removal::removed(transaction, statement).await?;
    transaction.execute_unprepared("SET LOCAL rollcall.audit_retention = 'off'").await?;
    Ok(removed)
}

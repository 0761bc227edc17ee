//! Accepted jobs, written in the transaction that accepted them and pushed to the queue after it. A row that is not finished
//! can be pushed again under the same id, so that the queue may forget a job and nothing is lost.

mod accept;
mod backlog;
mod control;
mod sweep;

pub use accept::{Accepted, accept};
pub use backlog::{Backlog, backlog};

pub use control::{Claim, holder_beside, lock, lock_if_free, not_failed, reopen, request_cancel};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
pub use sweep::{Position, claim_unfinished, delete_finished, mark_finished, mark_pushed};

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Its work is done.
    Done,
    /// Its attempts are used up, or it can never work.
    Dead,
    /// Somebody stopped it.
    Cancelled,
    /// It was worthless before it ran.
    Expired,
}

/// One accepted job.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "job_outbox")]
pub struct Model {
    /// Key, which is the job's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Queue to push to.
    pub queue: String,
    /// Kind of the job.
    pub kind: String,
    /// Its arguments.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// Attempts, priority, times.
    #[sea_orm(column_type = "JsonBinary")]
    pub options: Json,
    /// Who asked for it.
    pub actor: Option<String>,
    /// Request it belongs to.
    pub request_id: Uuid,
    /// While set, no second job of the kind with this key is accepted.
    pub unique_key: Option<String>,
    /// End of the key's window; null means until the job is finished.
    pub unique_until: Option<DateTimeUtc>,
    /// Batch it belongs to.
    pub batch_id: Option<Uuid>,
    /// When the queue took it.
    pub pushed_at: Option<DateTimeUtc>,
    /// When somebody asked for it to be cancelled; an unfinished row with it is never pushed again.
    pub cancel_requested_at: Option<DateTimeUtc>,
    /// When it ended.
    pub finished_at: Option<DateTimeUtc>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

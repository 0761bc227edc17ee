//! Accepting a job: one transaction with its audit row, handed to the queue after the commit. With an
//! `Idempotency-Key` the job's id is derived from the key, so the outbox itself knows whether the call was made before.

use std::sync::Arc;

use entity::job_outbox;
use jobs::{Origin, Work};
use poem_openapi::Object;
use sea_orm::EntityTrait as _;
use uuid::Uuid;

use super::patience::PUSH;
use crate::{
    audit::{Change, Entry},
    call::Call,
    error::ApiError,
    extract::IdempotencyKey,
    state::App,
};

/// What a call that starts a job is answered with.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(rename_all = "camelCase")]
pub struct Queued {
    /// The job, to be read under `/jobs/{id}`.
    pub job_id: Uuid,
    /// Always `queued`.
    pub status: String,
}

impl From<Uuid> for Queued {
    fn from(job_id: Uuid) -> Self {
        Self { job_id, status: "queued".to_owned() }
    }
}

/// Who asks, for what, and under which key.
pub struct Asked<'a> {
    /// The call.
    pub call: &'a Arc<Call>,
    /// Who makes it.
    pub user: Uuid,
    /// The client's key, if it sent one.
    pub key: &'a IdempotencyKey,
    /// Which operation; one key may serve several.
    pub operation: &'a str,
}

impl Asked<'_> {
    fn job_id(&self) -> Uuid {
        self.key.job_id(self.user, self.operation)
    }

    fn origin(&self) -> Origin {
        Origin { request_id: self.call.id, actor: Some(self.user) }
    }

    /// The job that an earlier call with this key started.
    ///
    /// # Errors
    /// `IDEMPOTENCY_KEY_REUSED` where that call had another body.
    pub async fn answered(&self, app: &App, work: &Work) -> Result<Option<Queued>, ApiError> {
        if !self.key.is_given() {
            return Ok(None);
        }
        let Some(earlier) = job_outbox::Entity::find_by_id(self.job_id()).one(&app.db).await? else {
            return Ok(None);
        };
        let same = earlier.kind == work.kind() && &earlier.payload == work.payload();
        if same { Ok(Some(earlier.id.into())) } else { Err(ApiError::IdempotencyKeyReused) }
    }

    /// Accepts `work`; `change` is the transaction, in which the caller has checked whatever must hold.
    ///
    /// # Errors
    /// The database's. A queue that is away is none: the outbox has the job.
    pub async fn accept(
        &self,
        app: &App,
        change: Change,
        work: Work,
        entry: Entry,
    ) -> Result<Queued, ApiError> {
        let pending = jobs::enqueue_as(&*change, self.job_id(), work.clone(), self.origin()).await?;
        change.commit(entry).await?;
        let id = pending.id;
        if tokio::time::timeout(PUSH, pending.push(&app.machinery.queues)).await.is_err() {
            tracing::warn!(job = %id, "left to the sweeper: the queue does not answer");
        }
        if self.key.is_given() {
            // Of two simultaneous calls with one key, the second finds the first one's job only now.
            self.answered(app, &work).await?;
        }
        Ok(id.into())
    }
}

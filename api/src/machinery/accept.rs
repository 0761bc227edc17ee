//! Accepting a job: one transaction with its audit row, handed to the queue after the commit. With an `Idempotency-Key`
//! the answer is kept in that transaction too, whichever job it names, so that a repeated call gets it again.

use std::sync::Arc;

use entity::idempotency_key::{self, Answer};
use jobs::{Origin, Pending, Work};
use poem_openapi::Object;
use uuid::Uuid;

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

/// A job that stands in the outbox and waits for the commit.
#[must_use = "a job that is not committed was never asked for"]
pub struct Enqueued {
    pending: Pending,
    work: Work,
}

impl Enqueued {
    /// The job's id.
    #[must_use]
    pub fn job_id(&self) -> Uuid {
        self.pending.id
    }

    /// Whether an earlier job stands in for it.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        self.pending.duplicate
    }
}

impl Asked<'_> {
    /// The answer that an earlier call with this key got within the last day.
    ///
    /// # Errors
    /// `IDEMPOTENCY_KEY_REUSED` where that call had another body.
    pub async fn answered(&self, app: &App, work: &Work) -> Result<Option<Queued>, ApiError> {
        let Some(id) = self.answer_id() else { return Ok(None) };
        let Some(earlier) = idempotency_key::find(&app.db, id).await? else { return Ok(None) };
        let same = earlier.kind == work.kind() && &earlier.payload == work.payload();
        if same { Ok(Some(earlier.job_id.into())) } else { Err(ApiError::IdempotencyKeyReused) }
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
        let enqueued = self.enqueue(app, &change, work).await?;
        self.commit(app, change, enqueued, entry).await
    }

    /// The first half of [`Asked::accept`], for callers that have more to write once they know whether the job is a new one.
    ///
    /// # Errors
    /// The database's.
    pub async fn enqueue(&self, app: &App, change: &Change, work: Work) -> Result<Enqueued, ApiError> {
        let origin = Origin { request_id: self.call.id, actor: Some(self.user) };
        let queues = &app.machinery.queues;
        let pending = jobs::enqueue_or_join(change, queues, work.clone(), origin).await?;
        Ok(Enqueued { pending, work })
    }

    /// The second half: keeps the answer, commits, and hands the job to the queue.
    ///
    /// # Errors
    /// The database's; `IDEMPOTENCY_KEY_REUSED` where a simultaneous call had the same key and another body.
    pub async fn commit(
        &self,
        app: &App,
        change: Change,
        enqueued: Enqueued,
        entry: Entry,
    ) -> Result<Queued, ApiError> {
        let Enqueued { pending, work } = enqueued;
        let id = pending.id;
        if !self.keep(&change, &work, id).await? {
            // A simultaneous call was faster: its job is the one, and ours goes with the transaction.
            drop(change);
            let theirs = self.answered(app, &work).await?;
            return theirs.ok_or_else(|| ApiError::internal("the answer under this key has vanished"));
        }
        change.commit(entry).await?;
        app.machinery.push(pending).await;
        Ok(id.into())
    }

    /// Whether the answer is ours to give.
    async fn keep(&self, change: &Change, work: &Work, job_id: Uuid) -> Result<bool, ApiError> {
        let Some(id) = self.answer_id() else { return Ok(true) };
        let answer = Answer { kind: work.kind(), payload: work.payload(), job_id };
        Ok(idempotency_key::keep(&**change, id, answer).await?)
    }

    fn answer_id(&self) -> Option<Uuid> {
        self.key.id(self.user, self.operation)
    }
}

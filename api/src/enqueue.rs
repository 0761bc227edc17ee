//! How a route asks for a job: accepted in the outbox in the transaction of its audit row, pushed after the commit, so
//! that a 202 is never lost. An `Idempotency-Key` becomes the job's unique key for 24 h: the outbox's own index makes
//! a repeated call find the first one, of two simultaneous calls one wins, and nothing depends on Redis.

use std::{sync::Arc, time::Duration};

use entity::job_outbox;
use jobs::{Job, Origin, enqueue_in};
use queue::{Backoff, ConcurrencyKey, JobId, Queues, Retention, Unique, Window};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DatabaseConnection, EntityTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    audit::{Change, Entry},
    call::Call,
    error::ApiError,
    extract::IdempotencyKey,
};

/// How long a key stands for its first call.
const KEY_LIFE: Duration = Duration::from_secs(24 * 3600);

/// A job that a caller asks for.
pub struct Order<J> {
    call: Arc<Call>,
    job: Once<J>,
    payload: Value,
}

impl<J: Job> Order<J> {
    /// `job`, asked for by `call` with `key` through `operation`, a name that no other operation has.
    ///
    /// # Errors
    /// A payload that is no JSON.
    pub fn new(call: &Arc<Call>, key: &IdempotencyKey, operation: &str, job: J) -> Result<Self, ApiError> {
        let payload = serde_json::to_value(&job).map_err(ApiError::internal)?;
        let key = call.user_id().and_then(|user| key.scoped(user, operation));
        Ok(Self { call: Arc::clone(call), job: Once { job, key }, payload })
    }

    /// The job that an earlier call with the same key and body started. To be asked before anything that may have
    /// changed since, so that the first answer is given again.
    ///
    /// # Errors
    /// `IDEMPOTENCY_KEY_REUSED` where the body was another one; the database's.
    pub async fn earlier(&self, db: &DatabaseConnection) -> Result<Option<JobId>, ApiError> {
        let Some(key) = &self.job.key else { return Ok(None) };
        let holder = job_outbox::Entity::find()
            .filter(job_outbox::Column::Kind.eq(J::KIND))
            .filter(job_outbox::Column::UniqueKey.eq(key))
            .filter(job_outbox::Column::UniqueUntil.gt(chrono::Utc::now()));
        match holder.one(db).await? {
            Some(first) => self.compare(&first).map(Some),
            None => Ok(None),
        }
    }

    /// Accepts the job together with `entry`, the call's audit row, and hands it to the queue.
    ///
    /// # Errors
    /// `IDEMPOTENCY_KEY_REUSED`; the database's. A queue that is away is none: the sweeper pushes the job later.
    pub async fn place(self, db: &DatabaseConnection, queues: &Queues, entry: Entry) -> Result<JobId, ApiError> {
        let origin = Origin { request_id: self.call.id, actor: self.call.user_id() };
        let change = Change::begin(db, &self.call).await?;
        let pending = enqueue_in(&*change, &self.job, origin).await?;
        if pending.duplicate && self.job.key.is_some() {
            self.compare_with(&*change, pending.id).await?;
        }
        let id = pending.id;
        change.commit(entry.on("job", &id)).await?;
        pending.push(queues).await;
        Ok(id)
    }

    async fn compare_with(&self, db: &impl ConnectionTrait, id: JobId) -> Result<(), ApiError> {
        match job_outbox::Entity::find_by_id(id).one(db).await? {
            Some(first) => self.compare(&first).map(drop),
            None => Ok(()),
        }
    }

    fn compare(&self, first: &job_outbox::Model) -> Result<JobId, ApiError> {
        if first.payload == self.payload { Ok(first.id) } else { Err(ApiError::IdempotencyKeyReused) }
    }
}

/// A job that is also unique by the caller's key. A kind that is unique by itself stays so: its own key already keeps
/// a second one from being accepted.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Once<J> {
    job: J,
    #[serde(skip)]
    key: Option<String>,
}

impl<J: Job> Job for Once<J> {
    const KIND: &'static str = J::KIND;
    const VERSION: u16 = J::VERSION;
    const QUEUE: &'static str = J::QUEUE;
    const MAX_ATTEMPTS: u32 = J::MAX_ATTEMPTS;
    const TIMEOUT: Duration = J::TIMEOUT;
    const BACKOFF: Backoff = J::BACKOFF;
    const DURABLE: bool = J::DURABLE;
    const RETENTION: Retention = J::RETENTION;
    type Output = J::Output;

    fn priority(&self) -> u8 {
        self.job.priority()
    }

    fn unique(&self) -> Option<Unique> {
        let by_key = || self.key.clone().map(|key| Unique { key, window: Window::For(KEY_LIFE) });
        self.job.unique().or_else(by_key)
    }

    fn concurrency_key(&self) -> Option<ConcurrencyKey> {
        self.job.concurrency_key()
    }

    fn expires_in(&self) -> Option<Duration> {
        self.job.expires_in()
    }
}

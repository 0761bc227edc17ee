//! A job whose type is known no more: what outbox and queue need of it.

use std::borrow::Cow;

use chrono::Utc;
use queue::{JobContext, JobId, JobOptions, NewJob};
use serde_json::{Value, value::to_raw_value};

use crate::{EnqueueError, Job, Origin, trace};

/// A job to be asked for.
#[derive(Clone, Debug)]
pub struct Work {
    kind: &'static str,
    version: u16,
    payload: Value,
    pub(crate) options: JobOptions,
}

impl Work {
    /// Takes down what `job` says about itself.
    ///
    /// # Errors
    /// The payload is no JSON.
    pub fn of<J: Job>(job: &J) -> Result<Self, EnqueueError> {
        let options = JobOptions {
            priority: job.priority(),
            max_attempts: J::MAX_ATTEMPTS,
            timeout: J::TIMEOUT,
            backoff: J::BACKOFF,
            expires_at: job.expires_in().map(|life| Utc::now() + life),
            unique: job.unique(),
            concurrency_key: job.concurrency_key(),
            retention: J::RETENTION,
            durable: J::DURABLE,
            ..JobOptions::on(J::QUEUE)
        };
        Ok(Self { kind: J::KIND, version: J::VERSION, payload: serde_json::to_value(job)?, options })
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Its payload.
    #[must_use]
    pub fn payload(&self) -> &Value {
        &self.payload
    }

    /// What the queue takes.
    pub(crate) fn into_new(self, id: JobId, origin: Origin) -> Result<NewJob, EnqueueError> {
        Ok(NewJob {
            id,
            kind: Cow::Borrowed(self.kind),
            version: self.version,
            payload: to_raw_value(&self.payload)?,
            context: JobContext {
                request_id: Some(origin.request_id.to_string()),
                actor: origin.actor,
                traceparent: trace::current(),
            },
            options: self.options,
        })
    }
}

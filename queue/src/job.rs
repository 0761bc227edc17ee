//! A job on its way into a queue: what the producer makes and what it is answered.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::error::QueueError;
use crate::options::JobOptions;

/// A version 7 UUID, made by the enqueuer: enqueueing a known id again changes nothing.
pub type JobId = Uuid;

/// The largest payload that is accepted, in bytes.
pub(crate) const MAX_PAYLOAD: usize = 256 * 1024;

/// A job to enqueue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewJob {
    /// Its id; see [`JobId`].
    pub id: JobId,
    /// The stable name of its type.
    pub kind: Cow<'static, str>,
    /// The version of the payload's shape.
    pub version: u16,
    /// The payload, JSON of at most 256 kB.
    pub payload: Box<RawValue>,
    /// Where it came from.
    pub context: JobContext,
    /// How it is to be run.
    pub options: JobOptions,
}

impl NewJob {
    /// A job with a new id and an empty context.
    ///
    /// # Errors
    /// [`QueueError::Invalid`] when the payload cannot be written as JSON.
    pub fn new(
        kind: impl Into<Cow<'static, str>>,
        version: u16,
        payload: &impl Serialize,
        options: JobOptions,
    ) -> Result<Self, QueueError> {
        let payload = serde_json::value::to_raw_value(payload)
            .map_err(|e| QueueError::Invalid(format!("payload is not JSON: {e}")))?;
        Ok(Self {
            id: Uuid::now_v7(),
            kind: kind.into(),
            version,
            payload,
            context: JobContext::default(),
            options,
        })
    }

    /// Checks kind, payload size and options.
    ///
    /// # Errors
    /// [`QueueError::Invalid`] with the reason, [`QueueError::PayloadTooLarge`].
    pub fn check(&self) -> Result<(), QueueError> {
        let kind_is_safe = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if self.kind.is_empty() || self.kind.len() > 100 || !self.kind.chars().all(kind_is_safe) {
            return Err(QueueError::Invalid("a kind has 1 to 100 letters, digits and _ - .".to_owned()));
        }
        let bytes = self.payload.get().len();
        if bytes > MAX_PAYLOAD {
            return Err(QueueError::PayloadTooLarge { bytes, limit: MAX_PAYLOAD });
        }
        self.context.check()?;
        self.options.check()
    }
}

/// Where a job came from: carried to its handler, its log lines and its trace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobContext {
    /// The request that caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The user who caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Uuid>,
    /// W3C trace context, so that one trace runs from the request to the end of the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

impl JobContext {
    fn check(&self) -> Result<(), QueueError> {
        let texts = [&self.request_id, &self.traceparent];
        if texts.into_iter().flatten().any(|text| text.len() > 200) {
            return Err(QueueError::Invalid(
                "a request id and a traceparent have at most 200 bytes".to_owned(),
            ));
        }
        Ok(())
    }
}

/// The answer to one enqueued job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enqueued {
    /// The job that now stands for the request: its own id, or the first one's of its unique key.
    pub id: JobId,
    /// True when nothing new was enqueued.
    pub duplicate: bool,
}

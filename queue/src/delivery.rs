//! What a handler receives: the job itself, and a handle to talk back to the queue while it runs.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use crate::client::Queues;
use crate::error::QueueError;
use crate::job::{JobContext, JobId};
use crate::options::{Backoff, Retention};
use crate::worker::Stop;

/// One attempt of one job.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The job.
    pub id: JobId,
    /// Its kind.
    pub kind: Arc<str>,
    /// The version of its payload.
    pub version: u16,
    /// Its queue.
    pub queue: Arc<str>,
    /// Its payload.
    pub payload: Box<RawValue>,
    /// Where it came from.
    pub context: JobContext,
    /// This attempt, from 1.
    pub attempt: u32,
    /// Attempts it may spend.
    pub max_attempts: u32,
    /// How long this attempt may take.
    pub timeout: Duration,
    /// When it was made.
    pub enqueued_at: DateTime<Utc>,
    /// Progress, cancellation and the lease.
    pub handle: JobHandle,
}

/// A handler's line back to the queue. Clones speak for the same run.
#[derive(Debug, Clone)]
pub struct JobHandle {
    /// `None` for a job run without a queue.
    pub(crate) run: Option<Arc<Run>>,
    pub(crate) cancel: CancellationToken,
}

/// One run of one job: its identity, and what decides about its end.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) queues: Queues,
    pub(crate) queue: Arc<str>,
    pub(crate) id: JobId,
    pub(crate) fence: Fence,
    /// Index of the queue among the worker's.
    pub(crate) source: usize,
    pub(crate) stop: Arc<Stop>,
    pub(crate) backoff: Backoff,
    pub(crate) retention: Retention,
}

/// The fencing token of a run: random, made per fetched job.
pub(crate) type Fence = [u8; 8];

impl JobHandle {
    /// The handle of a job that is run inline, without a queue: progress goes nowhere, nothing cancels it, and its
    /// lease is never lost.
    #[must_use]
    pub fn detached() -> Self {
        Self { run: None, cancel: CancellationToken::new() }
    }

    /// Tells how far the job is: `percent` 0 to 100 and a short text.
    ///
    /// # Errors
    /// [`QueueError::LeaseLost`] when another run has the job, [`QueueError::Unavailable`].
    pub async fn progress(&self, percent: u8, text: &str) -> Result<(), QueueError> {
        let Some(run) = &self.run else { return Ok(()) };
        run.queues.report_progress(&run.queue, run.id, run.fence, percent, text).await
    }

    /// Fires when the job is cancelled, its lease is lost or the worker hands it back; one second later its task is
    /// aborted. A time-out fires it too and aborts at once.
    #[must_use]
    pub fn cancellation(&self) -> CancellationToken {
        self.cancel.clone()
    }

    /// Waits until the job is to stop.
    pub async fn cancelled(&self) {
        self.cancel.cancelled().await;
    }

    /// Asks Redis now whether this run still holds the job's lease: for the moment before an outside system is
    /// called.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] when Redis does not answer: then nobody knows.
    pub async fn still_mine(&self) -> Result<bool, QueueError> {
        let Some(run) = &self.run else { return Ok(true) };
        run.queues.holds_lease(&run.queue, run.id, run.fence).await
    }
}

//! One run of a job as its handler sees it: who asked for it, how much it may spend, and its line back to the queue, on which
//! it tells how far it is and hears that it shall stop.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use jobs::Origin;
use queue::{Delivery, JobHandle, JobId, QueueError};
use uuid::Uuid;

use crate::{context::Context, events};

/// Shortest time between two reports that are passed on: a bar that moves four times a second moves smoothly.
const REPORT_EVERY: Duration = Duration::from_millis(250);

/// One run of a job.
pub struct Run {
    /// Id of the job.
    pub id: JobId,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// Attempts that the job has in all.
    pub max_attempts: u32,
    /// How long it may take before the queue ends it.
    pub time_limit: Duration,
    /// When the job was made.
    pub enqueued_at: DateTime<Utc>,
    /// Who asked for the job; nobody for the scheduler's.
    pub actor: Option<Uuid>,
    kind: Arc<str>,
    request_id: Option<Uuid>,
    handle: JobHandle,
    reported: Mutex<Option<Instant>>,
}

impl Run {
    /// The run that this delivery is.
    pub(crate) fn of(delivery: &Delivery) -> Self {
        Self {
            id: delivery.id,
            attempt: delivery.attempt,
            max_attempts: delivery.max_attempts,
            time_limit: delivery.timeout,
            enqueued_at: delivery.enqueued_at,
            actor: delivery.context.actor,
            kind: Arc::clone(&delivery.kind),
            request_id: delivery.context.request_id.as_deref().and_then(|id| id.parse().ok()),
            handle: delivery.handle.clone(),
            reported: Mutex::default(),
        }
    }

    /// The kind of the job.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Whether a failure of this attempt ends the job.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.attempt >= self.max_attempts
    }

    /// On whose behalf the job asks for further ones.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin { request_id: self.request_id.unwrap_or(self.id), actor: self.actor }
    }

    /// Tells how far the job is: `percent` from 0 to 100, and what it is doing. Both stand in the job and go to the WebSocket of
    /// whoever asked for it. May be called as often as is convenient: a report that follows another one too soon is left
    /// out. Answers whether this one was passed on; that a report is lost is no failure of the job's.
    pub async fn progress(&self, context: &Context, percent: u8, text: &str) -> bool {
        if !self.may_report() {
            return false;
        }
        if let Err(error) = self.handle.progress(percent, text).await {
            tracing::debug!(%error, "progress was not stored");
            return false;
        }
        let told = self.actor.and_then(|actor| events::progress(self.id, &self.kind, actor, percent, text));
        if let Some(event) = told {
            events::publish(context, event).await;
        }
        true
    }

    /// Ends when the run is to stop: its job was cancelled, another worker has it, or this one shuts down. A handler has one
    /// second then to put away what it has begun, and answers with [`crate::Failure::stopped`].
    pub async fn stopped(&self) {
        self.handle.cancelled().await;
    }

    /// Asks Redis whether this run still has the job: for the moment before something outside of the database is changed.
    ///
    /// # Errors
    /// Redis does not answer, so nobody knows.
    pub async fn still_mine(&self) -> Result<bool, QueueError> {
        self.handle.still_mine().await
    }

    fn may_report(&self) -> bool {
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        let may = reported.is_none_or(|last| last.elapsed() >= REPORT_EVERY);
        if may {
            *reported = Some(Instant::now());
        }
        may
    }
}

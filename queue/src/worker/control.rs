//! The process's handle on its worker: how it is, and how to stop it without losing or spending an attempt.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::worker::running::StopReason;
use crate::worker::shared::Shared;

/// How often a drain looks whether the last job has ended.
const LOOK: Duration = Duration::from_millis(5);

/// What a worker is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It has not fetched yet.
    Starting,
    /// It takes and runs jobs.
    Serving,
    /// Redis does not answer; running handlers go on. Not ready.
    WaitingForRedis,
    /// It takes no more jobs.
    Draining,
    /// It runs nothing and takes nothing.
    Stopped,
}

/// How a worker is, for its readiness endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerStatus {
    /// What it is doing.
    pub phase: Phase,
    /// Jobs it runs.
    pub running: usize,
    /// How long ago a fetch was last answered.
    pub last_fetch: Option<Duration>,
}

/// Handle on a worker, taken from its backend before the worker is built; cheap to clone.
#[derive(Clone)]
pub struct WorkerControl {
    pub(crate) shared: Arc<Shared>,
}

impl WorkerControl {
    /// How the worker is.
    #[must_use]
    pub fn status(&self) -> WorkerStatus {
        let (failing, last_fetch) = self.shared.health.summary();
        let phase = if self.shared.stopped.is_cancelled() {
            Phase::Stopped
        } else if self.shared.closing.is_cancelled() {
            Phase::Draining
        } else if failing {
            Phase::WaitingForRedis
        } else if last_fetch.is_none() {
            Phase::Starting
        } else {
            Phase::Serving
        };
        WorkerStatus { phase, running: self.shared.running.count(), last_fetch }
    }

    /// Stops taking, waits for what runs, and after `deadline` hands back the rest without spending their attempts.
    /// Returns how many were handed back. Stop the apalis worker afterwards.
    pub async fn drain(&self, deadline: Duration) -> usize {
        self.shared.closing.cancel();
        self.wait_until_idle(deadline).await;
        let left = self.shared.permits.in_use();
        if left > 0 {
            tracing::warn!(jobs = left, "handing back the jobs that did not end in time");
            self.shared.running.stop_all(StopReason::HandBack);
            // The grace of the handlers, the abort of their tasks, the answer of Redis.
            self.wait_until_idle(self.shared.options.cancel_grace * 3 + self.shared.options.retry_cap).await;
        }
        left
    }

    async fn wait_until_idle(&self, at_most: Duration) {
        let deadline = Instant::now() + at_most;
        while self.shared.permits.in_use() > 0 && Instant::now() < deadline {
            sleep(LOOK).await;
        }
    }
}

impl std::fmt::Debug for WorkerControl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkerControl").field("status", &self.status()).finish()
    }
}

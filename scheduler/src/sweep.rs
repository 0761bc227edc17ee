//! The loop that sweeps the outbox: accepted jobs that the queue has not are pushed again, and outcomes are
//! copied to their rows. Replicas share the rows, so all of them sweep.

use std::time::Duration;

use entity::{export_job, schedule};
use platform::Shutdown;
use queue::Queues;
use sea_orm::DatabaseConnection;

use crate::error::TickError;
use crate::health::Health;

/// Rest between two sweeps. Rows are swept once they are a few seconds old, so a shorter one gains nothing.
const REST: Duration = Duration::from_secs(2);

/// Sweeps the outbox.
#[derive(Debug)]
pub struct Sweeper {
    db: DatabaseConnection,
    queues: Queues,
    health: Health,
}

impl Sweeper {
    /// A sweeper that has not begun.
    #[must_use]
    pub fn new(db: DatabaseConnection, queues: Queues, health: Health) -> Self {
        Self { db, queues, health }
    }

    /// Sweeps until `shutdown`; a sweep that has begun is finished.
    pub async fn run(self, shutdown: Shutdown) {
        while !shutdown.started() {
            match self.sweep().await {
                Ok(()) => self.health.sweeping.beat(),
                Err(error) => self.health.sweeping.miss(&error),
            }
            tokio::select! {
                () = shutdown.wait() => {}
                () = tokio::time::sleep(REST) => {}
            }
        }
    }

    async fn sweep(&self) -> Result<(), TickError> {
        let done = jobs::sweep(&self.db, &self.queues).await?;
        if done.pushed > 0 {
            tracing::info!(jobs = done.pushed, "pushed jobs that the queue had not");
        }
        metrics::counter!("rollcall_outbox_pushed_total").increment(done.pushed as u64);
        metrics::counter!("rollcall_outbox_finished_total").increment(done.finished as u64);
        schedule::record_outcomes(&self.db).await?;
        export_job::record_ends(&self.db).await?;
        Ok(())
    }
}

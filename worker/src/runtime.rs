//! Where apalis runs the jobs: one worker on the queue's backend, which never fails but waits for Redis and comes back, so that
//! nothing has to be restarted. apalis is named nowhere else in this crate.

use std::{sync::Arc, time::Duration};

use apalis::prelude::{BoxDynError, Data, WorkerBuilder};
use platform::Shutdown;
use queue::{Delivery, Outcome, RedisBackend, WorkerControl, WorkerOptions};
use tracing::Instrument as _;

use crate::{context::Context, error::StartError, registry::Registry};

/// Time that running jobs have when the process is asked to stop; the rest is handed back.
const DRAIN: Duration = Duration::from_secs(30);

/// What a delivery needs to be run.
#[derive(Clone)]
struct Runtime {
    context: Arc<Context>,
    registry: Registry,
}

/// A worker, ready to run.
pub struct Worker {
    runtime: Runtime,
    backend: RedisBackend,
    name: String,
}

impl Worker {
    /// Builds a worker that has not taken anything yet.
    ///
    /// # Errors
    /// Options that contradict each other.
    pub fn new(
        context: Arc<Context>,
        registry: Registry,
        options: WorkerOptions,
    ) -> Result<Self, StartError> {
        let name = options.name.clone();
        let backend = RedisBackend::new(context.queues.clone(), options)?;
        Ok(Self { runtime: Runtime { context, registry }, backend, name })
    }

    /// How it is, and how it is drained.
    #[must_use]
    pub fn control(&self) -> WorkerControl {
        self.backend.control()
    }

    /// Runs jobs until `shutdown`; then takes no more, waits for those that run, and hands back what does not end in time.
    ///
    /// # Errors
    /// apalis's worker failed.
    pub async fn run(self, shutdown: Shutdown) -> Result<(), StartError> {
        let control = self.control();
        let worker = WorkerBuilder::new(self.name).backend(self.backend).data(self.runtime).build(handle);
        let drained = async move {
            shutdown.wait().await;
            control.drain(DRAIN).await;
            Ok::<(), std::io::Error>(())
        };
        worker.run_until(drained).await.map_err(|error| StartError::Worker(error.to_string()))
    }
}

async fn handle(delivery: Delivery, runtime: Data<Runtime>) -> Result<Outcome, BoxDynError> {
    let span = tracing::info_span!(
        "job",
        job_id = %delivery.id,
        kind = %delivery.kind,
        request_id = delivery.context.request_id.as_deref().unwrap_or_default(),
    );
    Ok(runtime.registry.run(runtime.context.clone(), delivery).instrument(span).await)
}

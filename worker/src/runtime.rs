//! Where apalis runs the jobs: one worker on the queue's backend, which never fails but waits for Redis and comes back, so that
//! nothing has to be restarted. apalis is named nowhere else in this crate.

use std::{sync::Arc, time::Duration};

use apalis::prelude::{BoxDynError, Data, WorkerBuilder};
use platform::{Shutdown, telemetry::trace};
use queue::{Delivery, JobId, JobState, Outcome, RedisBackend, WorkerControl, WorkerOptions};
use tracing::{Instrument as _, Span, field::Empty};
use uuid::Uuid;

use crate::{context::Context, error::StartError, events, registry::Registry};

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
    let traced = traced(&delivery);
    let outcome = run(&runtime, delivery).instrument(span).instrument(traced.clone()).await;
    end_trace(&traced, &outcome);
    Ok(outcome)
}

/// The attempt's span in the trace of whoever asked for the job.
fn traced(delivery: &Delivery) -> Span {
    let span = tracing::info_span!(
        target: trace::TARGET,
        "job",
        otel.name = format!("process {}", delivery.kind),
        otel.kind = "consumer",
        otel.status_code = Empty,
        otel.status_description = Empty,
        messaging.system = "rollcall",
        messaging.operation.type = "process",
        messaging.destination.name = %delivery.queue,
        messaging.message.id = %delivery.id,
        job.kind = %delivery.kind,
        job.attempt = delivery.attempt,
        request_id = delivery.context.request_id.as_deref().unwrap_or_default(),
    );
    trace::follow(&span, delivery.context.traceparent.as_deref());
    span
}

fn end_trace(span: &Span, outcome: &Outcome) {
    match outcome {
        Outcome::Done(_) | Outcome::Snooze(_) => {}
        Outcome::Retry(error) | Outcome::RetryAfter(error, _) | Outcome::Discard(error) => {
            span.record("otel.status_code", "ERROR");
            span.record("otel.status_description", error);
        }
    }
}

async fn run(runtime: &Runtime, delivery: Delivery) -> Outcome {
    let context = &runtime.context;
    let told = Told { id: delivery.id, kind: Arc::clone(&delivery.kind), actor: delivery.context.actor };
    let is_last = delivery.attempt >= delivery.max_attempts;
    // Nobody's frame waits for Redis to confirm that its start was told.
    let running = told.tell(context, JobState::Running);
    let ((), outcome) = tokio::join!(running, runtime.registry.run(Arc::clone(context), delivery));
    told.tell(context, state_after(&outcome, is_last)).await;
    outcome
}

/// Whom a job's changes are told to: nobody, where no person asked for it.
struct Told {
    id: JobId,
    kind: Arc<str>,
    actor: Option<Uuid>,
}

impl Told {
    async fn tell(&self, context: &Context, state: JobState) {
        let event = self.actor.and_then(|actor| events::job(self.id, &self.kind, actor, state));
        if let Some(event) = event {
            events::publish(context, event).await;
        }
    }
}

fn state_after(outcome: &Outcome, is_last: bool) -> JobState {
    match outcome {
        Outcome::Done(_) => JobState::Done,
        Outcome::Discard(_) => JobState::Dead,
        Outcome::Retry(_) | Outcome::RetryAfter(..) if is_last => JobState::Dead,
        Outcome::Retry(_) | Outcome::RetryAfter(..) => JobState::Retry,
        Outcome::Snooze(_) => JobState::Scheduled,
    }
}

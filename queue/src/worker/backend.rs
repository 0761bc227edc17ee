//! The apalis backend: a stream of deliveries out of Redis. The loops behind it start with the first poll and end
//! with the close.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use apalis_core::backend::{Backend, BackendConfig, finalize::Ephemeral};
use apalis_core::task::Task;
use apalis_core::worker::context::WorkerContext;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::client::Queues;
use crate::delivery::Delivery;
use crate::error::{BackendError, QueueError};
use crate::job::JobId;
use crate::worker::ack::{Ack, Verdict};
use crate::worker::control::WorkerControl;
use crate::worker::fetch::Fetcher;
use crate::worker::intake::Intake;
use crate::worker::layer::AttemptLayer;
use crate::worker::lease;
use crate::worker::options::WorkerOptions;
use crate::worker::rotation::Rotation;
use crate::worker::running::StopReason;
use crate::worker::settle::settle_loop;
use crate::worker::shared::Shared;
use crate::worker::wake::wait_loop;

type Deliveries = mpsc::UnboundedReceiver<Task<Delivery>>;

/// Yields the jobs of a worker's queues. Build one per worker:
/// `WorkerBuilder::new(name).backend(backend).data(context).build(handler)`, with
/// `async fn handler(Delivery, Data<Context>) -> Result<Outcome, BoxDynError>`.
pub struct RedisBackend {
    shared: Arc<Shared>,
    stage: Stage,
}

enum Stage {
    Built(mpsc::UnboundedReceiver<Ack>),
    Running { deliveries: Deliveries, fetching: JoinHandle<()> },
    Closing(BoxFuture<'static, ()>),
    Closed,
}

impl RedisBackend {
    /// A backend that takes nothing until its worker runs.
    ///
    /// # Errors
    /// [`QueueError::Invalid`] for settings that contradict each other.
    pub fn new(queues: Queues, options: WorkerOptions) -> Result<Self, QueueError> {
        options.check()?;
        let (acks, incoming) = mpsc::unbounded_channel();
        Ok(Self { shared: Arc::new(Shared::new(queues, options, acks)), stage: Stage::Built(incoming) })
    }

    /// The handle for readiness and shutdown.
    #[must_use]
    pub fn control(&self) -> WorkerControl {
        WorkerControl { shared: Arc::clone(&self.shared) }
    }

    fn start(&mut self, worker: &WorkerContext) -> Result<(), BackendError> {
        if !matches!(self.stage, Stage::Built(_)) {
            return Ok(());
        }
        lease::spawn(Arc::clone(&self.shared))?;
        let (outgoing, deliveries) = mpsc::unbounded_channel();
        let intake = Arc::new(Intake::new(Arc::clone(&self.shared), outgoing, worker.clone()));
        let queues = self.shared.sources.len();
        for queue in 0..queues {
            tokio::spawn(wait_loop(Arc::clone(&intake), queue));
        }
        let fetcher = Fetcher { intake: Arc::clone(&intake), rotation: Rotation::new(queues) };
        let fetching = tokio::spawn(fetcher.run());
        let running = Stage::Running { deliveries, fetching };
        if let Stage::Built(acks) = std::mem::replace(&mut self.stage, running) {
            tokio::spawn(settle_loop(intake, acks));
        }
        Ok(())
    }
}

impl Backend for RedisBackend {
    type Task = Task<Delivery>;
    type Error = BackendError;

    fn poll_ready(&mut self, _: &mut Context<'_>, worker: &WorkerContext) -> Poll<Result<(), BackendError>> {
        Poll::Ready(self.start(worker))
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        _: &WorkerContext,
    ) -> Poll<Option<Result<Task<Delivery>, BackendError>>> {
        match &mut self.stage {
            Stage::Running { deliveries, .. } => match deliveries.poll_recv(cx) {
                Poll::Ready(Some(task)) => Poll::Ready(Some(Ok(task))),
                // A closed channel means that the worker drains: it is stopped from outside.
                Poll::Ready(None) | Poll::Pending => Poll::Pending,
            },
            Stage::Built(_) | Stage::Closing(_) | Stage::Closed => Poll::Ready(None),
        }
    }

    fn poll_close(&mut self, cx: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), BackendError>> {
        if let Stage::Running { .. } = self.stage
            && let Stage::Running { deliveries, fetching } = std::mem::replace(&mut self.stage, Stage::Closed)
        {
            self.stage = Stage::Closing(close(Arc::clone(&self.shared), deliveries, fetching).boxed());
        }
        if let Stage::Closing(closing) = &mut self.stage {
            ready!(closing.poll_unpin(cx));
        }
        self.stage = Stage::Closed;
        Poll::Ready(Ok(()))
    }
}

/// A worker that is dropped without a close is lost: its leases are not renewed any more.
impl Drop for RedisBackend {
    fn drop(&mut self) {
        self.shared.closing.cancel();
        self.shared.stopped.cancel();
        self.shared.running.stop_all(StopReason::LeaseLost);
    }
}

/// Lets the fetches under way end, and hands back what was fetched but never started.
async fn close(shared: Arc<Shared>, mut deliveries: Deliveries, fetching: JoinHandle<()>) {
    shared.closing.cancel();
    if fetching.await.is_err() {
        tracing::error!("the fetch loop panicked");
    }
    let control = WorkerControl { shared: Arc::clone(&shared) };
    let drained = control.drain(shared.options.cancel_grace);
    let returned = async {
        while let Some(task) = deliveries.recv().await {
            hand_back(&shared, &task.args);
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        _ = drained => {}
        () = returned => {}
    }
    shared.stopped.cancel();
}

fn hand_back(shared: &Shared, delivery: &Delivery) {
    let Some(run) = &delivery.handle.run else { return };
    let ack = Ack {
        source: run.source,
        id: run.id,
        fence: run.fence,
        kind: Arc::clone(&delivery.kind),
        retention: run.retention,
        verdict: Verdict::HandBack,
        reply: None,
    };
    // The loop that receives it lives as long as the shared state.
    let _ = shared.acks.send(ack);
}

impl BackendConfig for RedisBackend {
    type Args = Delivery;
    type Id = JobId;
    type Kind = Ephemeral;
    type Config = WorkerOptions;
    type Layer = AttemptLayer;

    fn config(&self) -> &WorkerOptions {
        &self.shared.options
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> AttemptLayer {
        AttemptLayer { shared: Arc::clone(&self.shared) }
    }
}

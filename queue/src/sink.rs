//! apalis's way in: a sink of tasks that enqueues through [`Queues`]. It is a backend too, since apalis asks that of
//! every sink, but one that never yields a task.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use apalis_core::backend::{Backend, BackendConfig, finalize::Ephemeral};
use apalis_core::task::Task;
use apalis_core::worker::context::WorkerContext;
use futures_util::Sink;

use crate::client::Queues;
use crate::error::{BackendError, QueueError};
use crate::job::{Enqueued, JobId, NewJob};

/// Jobs gathered before a flush is forced.
const BATCH: usize = 500;

type Flight = Pin<Box<dyn Future<Output = Result<Vec<Enqueued>, QueueError>> + Send>>;

/// Pushes [`NewJob`]s through apalis's `TaskSink`.
pub struct JobSink {
    queues: Queues,
    waiting: Vec<NewJob>,
    flight: Option<Flight>,
}

impl JobSink {
    /// A sink into the queues.
    #[must_use]
    pub fn new(queues: Queues) -> Self {
        Self { queues, waiting: Vec::new(), flight: None }
    }

    fn land(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BackendError>> {
        if let Some(flight) = self.flight.as_mut() {
            let answer = ready!(flight.as_mut().poll(cx));
            self.flight = None;
            answer?;
        }
        Poll::Ready(Ok(()))
    }

    fn take_off(&mut self) {
        let jobs = std::mem::take(&mut self.waiting);
        let queues = self.queues.clone();
        self.flight = Some(Box::pin(async move { queues.enqueue(&jobs).await }));
    }
}

impl Sink<Task<NewJob>> for JobSink {
    type Error = BackendError;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), BackendError>> {
        if self.waiting.len() < BATCH { Poll::Ready(Ok(())) } else { self.as_mut().poll_flush(cx) }
    }

    fn start_send(mut self: Pin<&mut Self>, task: Task<NewJob>) -> Result<(), BackendError> {
        self.waiting.push(task.args);
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), BackendError>> {
        loop {
            ready!(self.land(cx))?;
            if self.waiting.is_empty() {
                return Poll::Ready(Ok(()));
            }
            self.take_off();
        }
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), BackendError>> {
        self.poll_flush(cx)
    }
}

impl Backend for JobSink {
    type Task = Task<NewJob>;
    type Error = BackendError;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), BackendError>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(
        &mut self,
        _: &mut Context<'_>,
        _: &WorkerContext,
    ) -> Poll<Option<Result<Self::Task, BackendError>>> {
        Poll::Ready(None)
    }

    fn poll_close(&mut self, cx: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), BackendError>> {
        Sink::poll_flush(Pin::new(self), cx)
    }
}

impl BackendConfig for JobSink {
    type Args = NewJob;
    type Id = JobId;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = tower::layer::util::Identity;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Self::Layer {
        tower::layer::util::Identity::new()
    }
}

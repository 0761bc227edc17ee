//! The backend's middleware around the handler: it turns a call into an attempt, and its verdict into an
//! acknowledgement. To apalis every job succeeds, since what became of it is told to Redis and to the metrics.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use apalis_core::error::BoxDynError;
use apalis_core::task::Task;
use futures_util::TryFutureExt;
use futures_util::future::BoxFuture;
use metrics::SharedString;
use tokio::sync::oneshot;
use tower::{Layer, Service};

use crate::delivery::{Delivery, Run};
use crate::outcome::Outcome;
use crate::worker::ack::{Ack, Verdict};
use crate::worker::attempt::{Terms, watch};
use crate::worker::shared::Shared;

/// Wraps the handler's service.
#[derive(Clone)]
pub struct AttemptLayer {
    pub(crate) shared: Arc<Shared>,
}

impl<S> Layer<S> for AttemptLayer {
    type Service = AttemptService<S>;

    fn layer(&self, inner: S) -> AttemptService<S> {
        AttemptService { inner, shared: Arc::clone(&self.shared) }
    }
}

/// The handler's service, wrapped.
#[derive(Clone)]
pub struct AttemptService<S> {
    inner: S,
    shared: Arc<Shared>,
}

impl<S> Service<Task<Delivery>> for AttemptService<S>
where
    S: Service<Task<Delivery>, Response = Outcome>,
    S::Future: Send + 'static,
    S::Error: Into<BoxDynError> + 'static,
{
    type Response = ();
    type Error = BoxDynError;
    type Future = BoxFuture<'static, Result<(), BoxDynError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxDynError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, task: Task<Delivery>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        let Some(job) = task.args.handle.run.clone() else {
            return Box::pin(async { Err("a job without a run was pushed into a worker".into()) });
        };
        let kind = Arc::clone(&task.args.kind);
        let terms = Terms::of(&task.args, job.backoff, shared.options.cancel_grace);
        let began = Instant::now();
        let handler = tokio::spawn(self.inner.call(task).map_err(Into::into));
        Box::pin(async move {
            match watch(handler, terms, &job.stop).await {
                Some(verdict) => {
                    count(&kind, &verdict, began);
                    acknowledge(&shared, &job, kind, verdict).await;
                }
                None => forsake(&shared, &job),
            }
            Ok(())
        })
    }
}

/// Sends the verdict and waits for Redis's definite answer: until then the permit is held.
async fn acknowledge(shared: &Shared, job: &Run, kind: Arc<str>, verdict: Verdict) {
    let (reply, answered) = oneshot::channel();
    let ack = Ack {
        source: job.source,
        id: job.id,
        fence: job.fence,
        kind,
        retention: job.retention,
        verdict,
        reply: Some(reply),
    };
    if shared.acks.send(ack).is_ok() {
        // An answer that never comes means that the loop has ended with its runtime.
        let _ = answered.await;
    }
}

/// Another run has the job: nothing is to be said, the permit is free.
fn forsake(shared: &Shared, job: &Run) {
    shared.running.leave(std::iter::once(&job.fence));
    shared.release(job.source, 1);
}

fn count(kind: &Arc<str>, verdict: &Verdict, began: Instant) {
    let (kind, outcome) = (SharedString::from(Arc::clone(kind)), verdict.label());
    let seconds = began.elapsed().as_secs_f64();
    metrics::counter!("rollcall_jobs_total", "kind" => kind.clone(), "outcome" => outcome).increment(1);
    metrics::histogram!("rollcall_job_duration_seconds", "kind" => kind.clone(), "outcome" => outcome)
        .record(seconds);
    if let Verdict::Dead(error) = verdict {
        tracing::warn!(%kind, error, "a job is dead");
    }
}

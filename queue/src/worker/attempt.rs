//! One attempt: the handler runs in a task of its own, so that a panic ends nothing but the attempt; it is watched
//! for its time-out and for the order to stop. What comes out is a verdict.

use std::time::Duration;

use apalis_core::error::BoxDynError;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{sleep, timeout};

use crate::delivery::Delivery;
use crate::options::Backoff;
use crate::outcome::Outcome;
use crate::worker::ack::Verdict;
use crate::worker::running::{Stop, StopReason};

/// What a handler returns.
pub(crate) type HandlerAnswer = Result<Outcome, BoxDynError>;
type Ended = Result<HandlerAnswer, JoinError>;

/// How many times a task that was aborted is given to let go of what it held.
const ABORT_WAIT: Duration = Duration::from_secs(1);

/// What decides about one attempt besides its handler.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) attempt: u32,
    pub(crate) max_attempts: u32,
    pub(crate) timeout: Duration,
    pub(crate) grace: Duration,
    pub(crate) backoff: Backoff,
}

impl Terms {
    pub(crate) fn of(delivery: &Delivery, backoff: Backoff, grace: Duration) -> Self {
        Self {
            attempt: delivery.attempt,
            max_attempts: delivery.max_attempts,
            timeout: delivery.timeout,
            grace,
            backoff,
        }
    }

    /// A failure is tried again while attempts are left.
    fn failed(&self, error: String, delay: Option<Duration>) -> Verdict {
        if self.attempt >= self.max_attempts {
            return Verdict::Dead(error);
        }
        let delay = delay.unwrap_or_else(|| self.backoff.delay(self.attempt, rand::random()));
        Verdict::Retry(error, delay)
    }

    fn judge(&self, ended: Ended) -> Verdict {
        match ended {
            Ok(Ok(Outcome::Done(serde_json::Value::Null))) => Verdict::Done(String::new()),
            Ok(Ok(Outcome::Done(result))) => Verdict::Done(result.to_string()),
            Ok(Ok(Outcome::Retry(error))) => self.failed(error, None),
            Ok(Ok(Outcome::RetryAfter(error, delay))) => self.failed(error, Some(delay)),
            Ok(Ok(Outcome::Discard(error))) => Verdict::Dead(error),
            Ok(Ok(Outcome::Snooze(delay))) => Verdict::Snooze(delay),
            Ok(Err(error)) => self.failed(chain(&*error), None),
            Err(error) => self.failed(panic_text(error), None),
        }
    }
}

/// Watches the handler's task to a verdict; `None` when its lease is lost, since then nothing it says counts. What
/// follows a stop is boxed: every attempt carries this future, and an allocation above 1 kB costs ten times a small one.
pub(crate) async fn watch(mut task: JoinHandle<HandlerAnswer>, terms: Terms, stop: &Stop) -> Option<Verdict> {
    tokio::select! {
        biased;
        ended = &mut task => Some(terms.judge(ended)),
        () = stop.token().cancelled() => Box::pin(stopped(task, terms, stop)).await,
        () = sleep(terms.timeout) => {
            stop.token().cancel();
            Box::pin(abort(task)).await;
            Some(terms.failed(format!("timed out after {:?}", terms.timeout), None))
        }
    }
}

/// The handler may still end by itself: if it had committed its effects, the job is done.
async fn stopped(mut task: JoinHandle<HandlerAnswer>, terms: Terms, stop: &Stop) -> Option<Verdict> {
    let ended = timeout(terms.grace, &mut task).await;
    if ended.is_err() {
        abort(task).await;
    }
    match (stop.reason(), ended) {
        (Some(StopReason::LeaseLost), _) => None,
        (Some(StopReason::HandBack), Err(_)) => Some(Verdict::HandBack),
        (Some(StopReason::Cancelled), Err(_)) => Some(Verdict::Cancelled(String::new())),
        (Some(StopReason::Cancelled), Ok(ended)) => Some(match terms.judge(ended) {
            done @ Verdict::Done(_) => done,
            Verdict::Retry(error, _) | Verdict::Dead(error) | Verdict::Cancelled(error) => {
                Verdict::Cancelled(error)
            }
            Verdict::Snooze(_) | Verdict::HandBack => Verdict::Cancelled(String::new()),
        }),
        (Some(StopReason::HandBack) | None, Ok(ended)) => Some(terms.judge(ended)),
        (None, Err(_)) => Some(terms.failed("the handler cancelled itself".to_owned(), None)),
    }
}

/// Aborting drops the task's future, and with it the child processes that it would kill on drop. A task that blocks
/// its thread cannot be aborted; it is left behind after a second.
async fn abort(task: JoinHandle<HandlerAnswer>) {
    task.abort();
    let _ = timeout(ABORT_WAIT, task).await;
}

/// An error with its causes.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

fn panic_text(error: JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else { return "the task was aborted".to_owned() };
    let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panic: {}", said.unwrap_or_else(|| "no message".to_owned()))
}

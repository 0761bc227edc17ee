//! Cancelling and retrying by an operator, from another process than the worker's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use queue::{CancelAnswer, JobState, Outcome, RetryAnswer};
use serde_json::json;

use crate::support::{TestWorker, enqueue, handler, job, queues, until, until_state, view};

#[tokio::test]
async fn a_running_job_is_cancelled_within_two_seconds() {
    let queues = queues().await;
    let _worker = TestWorker::start(
        &queues,
        "w",
        handler(|_| async {
            std::future::pending::<()>().await;
            Ok(Outcome::Done(json!(null)))
        }),
    );
    let id = enqueue(&queues, job(1, |_| {})).await;
    until_state(&queues, id, JobState::Running).await;
    let began = Instant::now();
    assert_eq!(queues.cancel(id).await.unwrap(), CancelAnswer::Requested);
    until_state(&queues, id, JobState::Cancelled).await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(queues.cancel(id).await.unwrap(), CancelAnswer::WrongState(JobState::Cancelled));
}

#[tokio::test]
async fn a_cancelled_handlers_task_is_dropped_after_its_grace() {
    struct Flag(Arc<AtomicBool>);
    impl Drop for Flag {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let queues = queues().await;
    let dropped = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&dropped);
    let _worker = TestWorker::start(
        &queues,
        "w",
        handler(move |_| {
            let held = Flag(Arc::clone(&flag));
            async move {
                std::future::pending::<()>().await;
                drop(held);
                Ok(Outcome::Done(json!(null)))
            }
        }),
    );
    let id = enqueue(&queues, job(1, |_| {})).await;
    until_state(&queues, id, JobState::Running).await;
    queues.cancel(id).await.unwrap();
    until_state(&queues, id, JobState::Cancelled).await;
    assert!(dropped.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_cancelled_job_that_had_committed_its_effects_is_done() {
    let queues = queues().await;
    let _worker = TestWorker::start(
        &queues,
        "w",
        handler(|d| async move {
            d.handle.cancelled().await;
            Ok(Outcome::Done(json!("committed")))
        }),
    );
    let id = enqueue(&queues, job(1, |_| {})).await;
    until_state(&queues, id, JobState::Running).await;
    queues.cancel(id).await.unwrap();
    let done = until_state(&queues, id, JobState::Done).await;
    assert_eq!(done.result.unwrap().get(), r#""committed""#);
}

#[tokio::test]
async fn a_waiting_or_scheduled_job_is_cancelled_at_once_and_never_runs() {
    let queues = queues().await;
    let waiting = enqueue(&queues, job(1, |_| {})).await;
    let soon = chrono::Utc::now() + chrono::TimeDelta::milliseconds(200);
    let scheduled = enqueue(&queues, job(2, |o| o.run_at = Some(soon))).await;
    for id in [waiting, scheduled] {
        assert_eq!(queues.cancel(id).await.unwrap(), CancelAnswer::Cancelled);
    }
    let _worker = TestWorker::start(&queues, "w", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    let after = enqueue(&queues, job(3, |_| {})).await;
    until_state(&queues, after, JobState::Done).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    for id in [waiting, scheduled] {
        assert_eq!(view(&queues, id).await.state, JobState::Cancelled);
    }
    let unknown = uuid::Uuid::now_v7();
    assert_eq!(queues.cancel(unknown).await.unwrap(), CancelAnswer::NotFound);
}

#[tokio::test]
async fn an_operators_retry_gives_a_dead_job_all_its_attempts_and_keeps_the_old_ones() {
    let queues = queues().await;
    let fail = Arc::new(AtomicBool::new(true));
    let failing = Arc::clone(&fail);
    let _worker = TestWorker::start(
        &queues,
        "w",
        handler(move |_| {
            let fails = failing.load(Ordering::SeqCst);
            async move { if fails { Err("down".into()) } else { Ok(Outcome::Done(json!(null))) } }
        }),
    );
    let id = enqueue(&queues, job(1, |o| o.max_attempts = 2)).await;
    until_state(&queues, id, JobState::Dead).await;
    fail.store(false, Ordering::SeqCst);
    assert_eq!(queues.retry(id).await.unwrap(), RetryAnswer::Queued);
    let done = until_state(&queues, id, JobState::Done).await;
    assert_eq!((done.attempt, done.attempts.len()), (1, 3));
    assert_eq!(queues.retry(id).await.unwrap(), RetryAnswer::WrongState(JobState::Done));
    assert_eq!(queues.retry(uuid::Uuid::now_v7()).await.unwrap(), RetryAnswer::NotFound);
}

#[tokio::test]
async fn a_cancellation_stands_even_when_the_worker_is_lost() {
    let queues = queues().await;
    let lost = TestWorker::start(
        &queues,
        "lost",
        handler(|_| async {
            std::future::pending::<()>().await;
            Ok(Outcome::Done(json!(null)))
        }),
    );
    let id = enqueue(&queues, job(1, |_| {})).await;
    until_state(&queues, id, JobState::Running).await;
    lost.lose();
    tokio::time::sleep(Duration::from_millis(50)).await;
    queues.cancel(id).await.unwrap();
    let _other = TestWorker::start(&queues, "other", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    until("it is cancelled", || async { view(&queues, id).await.state == JobState::Cancelled }).await;
}

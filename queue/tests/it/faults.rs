//! Redis goes away and comes back; workers and producers come back with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use queue::{JobState, Outcome, Phase, QueueError, QueueShare};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::support::redis_server::RedisServer;
use crate::support::worker::options;
use crate::support::{TestWorker, enqueue, handler, job, queues_at, until, until_state};

#[tokio::test]
async fn a_restart_of_redis_under_load_loses_no_job_and_everything_comes_back_by_itself() {
    let mut server = RedisServer::start();
    let queues = queues_at(&server.url()).await;
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let worker = TestWorker::start(
        &queues,
        "w",
        handler(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            async {
                tokio::time::sleep(Duration::from_millis(5)).await;
                Ok(Outcome::Done(json!(null)))
            }
        }),
    );
    let jobs: Vec<_> = (0..400).map(|n| job(n, |_| {})).collect();
    queues.enqueue(&jobs).await.unwrap();
    until("some are done", || async { runs.load(Ordering::SeqCst) > 50 }).await;
    // The AOF is synced every second: what was answered before this pause survives a crash.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let more: Vec<_> = (0..300).map(|n| job(n, |_| {})).collect();
    queues.enqueue(&more).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1300)).await;
    let tail: Vec<_> = (0..40).map(|n| job(n, |_| {})).collect();
    server.kill();
    until("the worker says so", || async { worker.control.status().phase == Phase::WaitingForRedis }).await;
    assert!(matches!(queues.enqueue(&tail).await, Err(QueueError::Unavailable(_))));
    server.resume(&[]);
    until("enqueueing works again", || async { queues.enqueue(&tail).await.is_ok() }).await;
    for job in jobs.iter().chain(&more).chain(&tail) {
        until_state(&queues, job.id, JobState::Done).await;
    }
    until("the worker serves", || async { worker.control.status().phase == Phase::Serving }).await;
}

#[tokio::test]
async fn a_worker_without_a_free_permit_is_ready_again_as_soon_as_redis_is_back() {
    let mut server = RedisServer::start();
    let queues = queues_at(&server.url()).await;
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let hold = handler(move |_| {
        let held = Arc::clone(&held);
        async move {
            held.acquire().await?.forget();
            Ok(Outcome::Done(json!(null)))
        }
    });
    // A second queue without any job: no renewal of a lease tells whether it is back.
    let mut two = options("w");
    two.concurrency = 1;
    two.lease = Duration::from_secs(5);
    two.queues.push(QueueShare::new("other"));
    let worker = TestWorker::start_with(&queues, two, hold);
    let id = enqueue(&queues, job(1, |_| {})).await;
    until("the permit is taken", || async { worker.control.status().running == 1 }).await;
    server.kill();
    until("the worker says so", || async { worker.control.status().phase == Phase::WaitingForRedis }).await;
    server.resume(&[]);
    until("the worker serves", || async { worker.control.status().phase == Phase::Serving }).await;
    assert_eq!(worker.control.status().running, 1, "it still has no free permit");
    gate.add_permits(1);
    until_state(&queues, id, JobState::Done).await;
}

#[tokio::test]
async fn a_full_redis_still_lets_jobs_be_fetched_and_acknowledged() {
    let server = RedisServer::start();
    let queues = queues_at(&server.url()).await;
    let id = enqueue(&queues, job(1, |_| {})).await;
    let set = |value: &'static str| {
        let url = server.url();
        async move {
            let mut set = redis::cmd("CONFIG");
            set.arg("SET").arg("maxmemory").arg(value);
            let _: String = crate::support::raw(&url, &set).await;
        }
    };
    set("1").await;
    assert!(matches!(queues.enqueue(&[job(2, |_| {})]).await, Err(QueueError::Full { .. })));
    let _worker = TestWorker::start(&queues, "w", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    until_state(&queues, id, JobState::Done).await;
    set("0").await;
    enqueue(&queues, job(3, |_| {})).await;
}

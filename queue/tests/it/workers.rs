//! Workers: the registry, draining, shares of queues.

use std::time::Duration;

use queue::{JobState, Outcome, Phase};
use serde_json::json;

use crate::support::{KIND, QUEUE, TestWorker, enqueue, handler, job, queues, until, until_state, view};

#[tokio::test]
async fn a_live_worker_is_listed_with_what_it_runs_and_a_lost_one_is_not() {
    let queues = queues().await;
    let worker = TestWorker::start(
        &queues,
        "listed",
        handler(|_| async {
            std::future::pending::<()>().await;
            Ok(Outcome::Done(json!(null)))
        }),
    );
    let id = enqueue(&queues, job(1, |_| {})).await;
    until("it reports the job", || async {
        queues.workers().await.unwrap().first().is_some_and(|worker| worker.running == [id])
    })
    .await;
    let listed = queues.workers().await.unwrap().remove(0);
    assert_eq!(
        (listed.name.as_str(), listed.host.as_str(), listed.version.as_str()),
        ("listed", "test-host", "1.2.3")
    );
    assert_eq!((listed.pid, listed.running_count), (std::process::id(), 1));
    assert_eq!((listed.queues, listed.kinds), (vec![QUEUE.to_owned()], vec![(KIND.to_owned(), 1)]));
    worker.lose();
    until("it is gone", || async { queues.workers().await.unwrap().is_empty() }).await;
}

#[tokio::test]
async fn a_draining_worker_takes_nothing_and_waits_for_what_runs() {
    let queues = queues().await;
    let worker = TestWorker::start(
        &queues,
        "w",
        handler(|_| async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            Ok(Outcome::Done(json!(null)))
        }),
    );
    let running = enqueue(&queues, job(1, |_| {})).await;
    until_state(&queues, running, JobState::Running).await;
    until("it serves", || async { worker.control.status().phase == Phase::Serving }).await;
    let control = worker.control.clone();
    let drained = tokio::spawn(worker.terminate(Duration::from_secs(5)));
    until("it drains", || async { control.status().phase == Phase::Draining }).await;
    let late = enqueue(&queues, job(2, |_| {})).await;
    assert_eq!(drained.await.unwrap(), 0);
    assert_eq!(control.status().phase, Phase::Stopped);
    assert_eq!(view(&queues, running).await.state, JobState::Done);
    assert_eq!(view(&queues, late).await.state, JobState::Ready);
}

#[tokio::test]
async fn jobs_that_outlast_the_drain_are_handed_back_without_spending_an_attempt() {
    let queues = queues().await;
    let worker = TestWorker::start(
        &queues,
        "first",
        handler(|_| async {
            std::future::pending::<()>().await;
            Ok(Outcome::Done(json!(null)))
        }),
    );
    let id = enqueue(&queues, job(1, |o| o.max_attempts = 1)).await;
    until_state(&queues, id, JobState::Running).await;
    assert_eq!(worker.terminate(Duration::from_millis(50)).await, 1);
    let back = view(&queues, id).await;
    assert_eq!((back.state, back.attempt, back.losses), (JobState::Ready, 0, 0));
    let _next = TestWorker::start(&queues, "next", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    assert_eq!(until_state(&queues, id, JobState::Done).await.attempt, 1);
}

#[tokio::test]
async fn two_workers_share_a_queue_and_no_job_runs_twice() {
    let queues = queues().await;
    let counter = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let body = {
        let counter = std::sync::Arc::clone(&counter);
        handler(move |_| {
            counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            async { Ok(Outcome::Done(json!(null))) }
        })
    };
    let _workers = ["a", "b"].map(|name| TestWorker::start(&queues, name, std::sync::Arc::clone(&body)));
    let jobs: Vec<_> = (0..1500).map(|n| job(n, |_| {})).collect();
    queues.enqueue(&jobs).await.unwrap();
    until("all are done", || async {
        queues.queue_stats().await.unwrap()[0].depth.of(JobState::Done) == 1500
    })
    .await;
    assert_eq!(counter.load(std::sync::atomic::Ordering::SeqCst), 1500);
}

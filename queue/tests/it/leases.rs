//! Running once in effect: leases, fencing, lost workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use queue::{JobState, Outcome, Queues, QueuesConfig};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::support::proxy::Proxy;
use crate::support::worker::options;
use crate::support::{
    TestWorker, enqueue, handler, job, queues, raw, redis_server, until, until_state, view,
};

fn never() -> crate::support::worker::Handler {
    handler(|_| async {
        std::future::pending::<()>().await;
        Ok(Outcome::Done(json!(null)))
    })
}

#[tokio::test]
async fn the_jobs_of_a_lost_worker_start_again_on_another_within_lease_and_two_seconds() {
    let queues = queues().await;
    let lost = TestWorker::start(&queues, "lost", never());
    let mut ids = Vec::new();
    for n in 0..4 {
        ids.push(enqueue(&queues, job(n, |_| {})).await);
    }
    for id in &ids {
        until_state(&queues, *id, JobState::Running).await;
    }
    lost.lose();
    let began = Instant::now();
    let _other = TestWorker::start(&queues, "other", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    for id in ids {
        let done = until_state(&queues, id, JobState::Done).await;
        assert_eq!((done.attempt, done.losses, done.worker.as_deref()), (1, 1, Some("other")));
        assert_eq!(done.attempts[0].error.as_deref(), Some("the worker was lost"));
    }
    assert!(began.elapsed() < Duration::from_millis(600 + 2000), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_running_job_keeps_its_lease_for_longer_than_the_lease() {
    let queues = queues().await;
    let _holder = TestWorker::start(
        &queues,
        "holder",
        handler(|_| async {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            Ok(Outcome::Done(json!(null)))
        }),
    );
    let id = enqueue(&queues, job(1, |_| {})).await;
    until_state(&queues, id, JobState::Running).await;
    let _other = TestWorker::start(&queues, "other", never());
    let done = until_state(&queues, id, JobState::Done).await;
    assert_eq!((done.losses, done.worker.as_deref()), (0, Some("holder")));
}

#[tokio::test]
async fn handlers_that_block_every_thread_do_not_lose_their_leases() {
    let queues = queues().await;
    let _blocked = TestWorker::start(
        &queues,
        "blocked",
        handler(|_| async {
            std::thread::sleep(Duration::from_millis(1500));
            Ok(Outcome::Done(json!(null)))
        }),
    );
    let jobs: Vec<_> = (0..4).map(|n| job(n, |_| {})).collect();
    queues.enqueue(&jobs).await.unwrap();
    until("jobs run", || async { queues.queue_stats().await.unwrap()[0].depth.of(JobState::Running) > 0 })
        .await;
    let _other = TestWorker::start(&queues, "other", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    for job in jobs {
        assert_eq!(until_state(&queues, job.id, JobState::Done).await.losses, 0);
    }
}

/// Lets the lease of a job run out at once, as a long stall of its worker does.
async fn expire_lease(queues: &Queues, id: queue::JobId) {
    let key = format!("{{{}:main}}:lease", queues.prefix());
    let mut expire = redis::cmd("ZADD");
    expire.arg(key).arg("XX").arg(-1).arg(id.as_bytes());
    let _: u64 = raw(&redis_server::shared_url(), &expire).await;
}

#[tokio::test]
async fn a_stalled_workers_acknowledgement_after_its_lease_was_reaped_is_refused() {
    let queues = queues().await;
    let gates = [Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0))];
    let gated = |name: &'static str, gate: Arc<Semaphore>| {
        handler(move |_| {
            let gate = Arc::clone(&gate);
            async move {
                gate.acquire().await?.forget();
                Ok(Outcome::Done(json!(name)))
            }
        })
    };
    let mut slow = options("stalled");
    (slow.lease, slow.renew_every) = (Duration::from_secs(60), Duration::from_secs(20));
    slow.concurrency = 1;
    let stalled = TestWorker::start_with(&queues, slow, gated("stalled", Arc::clone(&gates[0])));
    // Its first renewal is past: the next one is twenty seconds away.
    until("it reports", || async { queues.workers().await.unwrap().len() == 1 }).await;
    let id = enqueue(&queues, job(1, |_| {})).await;
    until_state(&queues, id, JobState::Running).await;
    expire_lease(&queues, id).await;
    let _next = TestWorker::start(&queues, "next", gated("next", Arc::clone(&gates[1])));
    until("the next worker has it", || async { view(&queues, id).await.worker.as_deref() == Some("next") })
        .await;
    gates[0].add_permits(1);
    until("the stalled one has its answer", || async { stalled.control.status().running == 0 }).await;
    let running = view(&queues, id).await;
    assert_eq!((running.state, running.worker.as_deref()), (JobState::Running, Some("next")));
    gates[1].add_permits(1);
    let done = until_state(&queues, id, JobState::Done).await;
    assert_eq!(done.result.unwrap().get(), r#""next""#);
}

#[tokio::test]
async fn a_run_that_lost_its_lease_is_told_and_may_not_report() {
    let queues = queues().await;
    let refused = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&refused);
    let mut first = options("first");
    first.concurrency = 1;
    let _first = TestWorker::start_with(
        &queues,
        first,
        handler(move |d| {
            let seen = Arc::clone(&seen);
            async move {
                assert!(d.handle.still_mine().await?);
                d.handle.cancelled().await;
                let late = d.handle.progress(90, "late").await;
                seen.store(!d.handle.still_mine().await? && late.is_err(), Ordering::SeqCst);
                Ok(Outcome::Done(json!("first")))
            }
        }),
    );
    let id = enqueue(&queues, job(1, |_| {})).await;
    until_state(&queues, id, JobState::Running).await;
    let _second = TestWorker::start(&queues, "second", never());
    // The first worker goes on renewing until the lease is reaped.
    until("the second one has it", || async {
        let has = view(&queues, id).await.worker.as_deref() == Some("second");
        if !has {
            expire_lease(&queues, id).await;
        }
        has
    })
    .await;
    until("the first run was refused", || async { refused.load(Ordering::SeqCst) }).await;
    assert!(view(&queues, id).await.progress.is_none());
}

#[tokio::test]
async fn an_acknowledgement_repeated_after_a_lost_reply_answers_already_applied() {
    let url = redis_server::shared_url();
    // scheme://[user:password@]host:port[/database]
    let (server, port) = url.rsplit_once(':').unwrap();
    let (port, database) = port.split_once('/').unwrap_or((port, ""));
    let proxy = Proxy::before(port.parse().unwrap()).await;
    let config = crate::support::config();
    let through = format!("{server}:{}/{database}", proxy.port);
    let through = Queues::connect(&through, config.clone()).await.unwrap();
    let direct = Queues::connect(&url, QueuesConfig { ..config }).await.unwrap();
    let worker = TestWorker::start(&through, "w", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    // Only an acknowledgement names the bare kind.
    proxy.lose_answer_to(b"$4\r\ntask\r\n");
    let id = enqueue(&direct, job(1, |_| {})).await;
    until_state(&direct, id, JobState::Done).await;
    until("the worker has a definite answer", || async { worker.control.status().running == 0 }).await;
    assert!(proxy.has_lost());
    let count = format!("{{{}:main}}:count", direct.prefix());
    let done: u64 = raw(&url, redis::cmd("HGET").arg(count).arg("done:task")).await;
    assert_eq!(done, 1);
    let after = enqueue(&direct, job(2, |_| {})).await;
    until_state(&direct, after, JobState::Done).await;
}

/// Has a worker take the job and be lost with it.
async fn lose_one(queues: &Queues, id: queue::JobId, name: &'static str) {
    let victim = TestWorker::start(queues, name, never());
    until("it has the job", || async { view(queues, id).await.worker.as_deref() == Some(name) }).await;
    victim.lose();
}

#[tokio::test]
async fn a_job_is_dead_after_losing_three_workers_even_with_one_attempt() {
    let queues = queues().await;
    let poison = enqueue(&queues, job("poison", |o| o.max_attempts = 1)).await;
    for name in ["first", "second", "third"] {
        lose_one(&queues, poison, name).await;
    }
    let _last = TestWorker::start(&queues, "last", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    let dead = until_state(&queues, poison, JobState::Dead).await;
    assert_eq!((dead.losses, dead.attempts.len(), dead.attempt), (3, 3, 1));
}

#[tokio::test]
async fn a_job_that_lost_two_workers_runs_alone_next() {
    let queues = queues().await;
    let poison = enqueue(&queues, job("poison", |_| {})).await;
    lose_one(&queues, poison, "first").await;
    lose_one(&queues, poison, "second").await;
    let neighbour = enqueue(&queues, job("neighbour", |_| {})).await;
    let gate = Arc::new(Semaphore::new(0));
    let opened = Arc::clone(&gate);
    let worker = TestWorker::start(
        &queues,
        "third",
        handler(move |d| {
            let gate = Arc::clone(&opened);
            async move {
                if d.payload.get() != r#""late""# {
                    gate.acquire().await?.forget();
                }
                Ok(Outcome::Done(json!(null)))
            }
        }),
    );
    until_state(&queues, neighbour, JobState::Running).await;
    until("the second loss is counted", || async { view(&queues, poison).await.losses == 2 }).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(view(&queues, poison).await.state, JobState::Ready, "not beside its neighbour");
    gate.add_permits(1);
    until_state(&queues, poison, JobState::Running).await;
    let late = enqueue(&queues, job("late", |_| {})).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(view(&queues, late).await.state, JobState::Ready, "nothing runs beside it");
    assert_eq!(worker.control.status().running, 1);
    gate.add_permits(1);
    until_state(&queues, poison, JobState::Done).await;
    until_state(&queues, late, JobState::Done).await;
}

#[tokio::test]
async fn a_stall_of_redis_expires_no_lease() {
    let mut server = redis_server::RedisServer::start();
    let queues = crate::support::queues_at(&server.url()).await;
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let slow = handler(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        async {
            tokio::time::sleep(Duration::from_millis(3500)).await;
            Ok(Outcome::Done(json!(null)))
        }
    });
    let mut settings = options("w");
    (settings.lease, settings.renew_every) = (Duration::from_secs(3), Duration::from_millis(200));
    let _worker = TestWorker::start_with(&queues, settings, slow);
    let id = enqueue(&queues, job(1, |_| {})).await;
    until_state(&queues, id, JobState::Running).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.kill();
    tokio::time::sleep(Duration::from_millis(2500)).await;
    server.resume(&[]);
    let done = until_state(&queues, id, JobState::Done).await;
    assert_eq!((done.losses, runs.load(Ordering::SeqCst)), (0, 1));
}

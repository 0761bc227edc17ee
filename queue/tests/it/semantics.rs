//! Sentences of the job contract that no other module of these tests is about.

use std::process::Stdio;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use queue::{JobState, Outcome, Phase, QueueError, QueueShare, Queues, QueuesConfig, Unique, Window};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::support::redis_server::{self, RedisServer};
use crate::support::worker::{Handler, options};
use crate::support::{
    QUEUE, TestWorker, config, enqueue, handler, job, queues, queues_at, raw, until, until_state, view,
};

fn never() -> Handler {
    handler(|_| async {
        std::future::pending::<()>().await;
        Ok(Outcome::Done(json!(null)))
    })
}

fn done() -> Handler {
    handler(|_| async { Ok(Outcome::Done(json!(null))) })
}

async fn count(queues: &Queues, state: JobState) -> u64 {
    queues.queue_stats().await.unwrap().iter().map(|queue| queue.depth.of(state)).sum()
}

#[tokio::test]
async fn a_permit_is_held_until_the_acknowledgement_has_a_definite_answer() {
    let mut server = RedisServer::start();
    let queues = queues_at(&server.url()).await;
    let (gate, runs) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
    let (opened, counted) = (Arc::clone(&gate), Arc::clone(&runs));
    // The return of Redis moves the lease clock by two seconds at most.
    let mut settings = options("w");
    (settings.lease, settings.renew_every) = (Duration::from_secs(3), Duration::from_millis(200));
    let worker = TestWorker::start_with(
        &queues,
        settings,
        handler(move |_| {
            let gate = Arc::clone(&opened);
            counted.fetch_add(1, Ordering::SeqCst);
            async move {
                gate.acquire().await?.forget();
                Ok(Outcome::Done(json!(null)))
            }
        }),
    );
    let id = enqueue(&queues, job(1, |_| {})).await;
    until_state(&queues, id, JobState::Running).await;
    // The AOF is synced every second: the run survives the crash.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    server.kill();
    gate.add_permits(1);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(worker.control.status().running, 1, "nobody has said what became of the outcome");
    server.resume(&[]);
    let done = until_state(&queues, id, JobState::Done).await;
    until("the permit is free", || async { worker.control.status().running == 0 }).await;
    assert_eq!((done.losses, runs.load(Ordering::SeqCst)), (0, 1));
}

#[tokio::test]
async fn a_worker_takes_no_more_than_it_has_permits_for() {
    let queues = queues().await;
    let jobs: Vec<_> = (0..50).map(|n| job(n, |_| {})).collect();
    queues.enqueue(&jobs).await.unwrap();
    let _worker = TestWorker::start(&queues, "w", never());
    until("four run", || async { count(&queues, JobState::Running).await == 4 }).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!((count(&queues, JobState::Running).await, count(&queues, JobState::Ready).await), (4, 46));
}

#[tokio::test]
async fn a_fetch_that_leaves_work_behind_wakes_the_next_worker() {
    let queues = queues().await;
    let workers = ["a", "b", "c"].map(|name| {
        let mut patient = options(name);
        (patient.concurrency, patient.idle_wait) = (1, Duration::from_secs(30));
        TestWorker::start_with(&queues, patient, never())
    });
    until("all serve", || async { workers.iter().all(|w| w.control.status().phase == Phase::Serving) }).await;
    let began = Instant::now();
    // One call makes one token.
    queues.enqueue(&[job(1, |_| {}), job(2, |_| {}), job(3, |_| {})]).await.unwrap();
    until("all three run", || async { count(&queues, JobState::Running).await == 3 }).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

/// How often a server was asked for each command, since its statistics were reset.
async fn calls(url: &str, command: &str) -> u32 {
    let info: String = raw(url, redis::cmd("INFO").arg("commandstats")).await;
    let line = info.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
    line.and_then(|rest| rest.split(',').next()?.parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn an_idle_worker_costs_one_wait_and_one_fetch_per_queue_a_second() {
    let server = RedisServer::start();
    let queues = queues_at(&server.url()).await;
    let mut usual = options("w");
    (usual.idle_wait, usual.heartbeat_every) = (Duration::from_secs(1), Duration::from_secs(60));
    let worker = TestWorker::start_with(&queues, usual, done());
    until("it serves", || async { worker.control.status().phase == Phase::Serving }).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let _: String = raw(&server.url(), redis::cmd("CONFIG").arg("RESETSTAT")).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (waits, scripts) = (calls(&server.url(), "blpop").await, calls(&server.url(), "evalsha").await);
    assert!((2..=4).contains(&waits) && (2..=4).contains(&scripts), "{waits} waits, {scripts} scripts");
}

#[tokio::test]
async fn a_queue_of_little_weight_is_not_starved_by_a_heavy_one() {
    let queues = queues().await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let written = Arc::clone(&order);
    let share = |name: &str, weight| QueueShare { weight, cap: Some(1), ..QueueShare::new(name) };
    let mut one = options("w");
    (one.concurrency, one.queues) = (1, vec![share(QUEUE, 9), share("light", 1)]);
    let heavy: Vec<_> = (0..300).map(|n| job(n, |_| {})).collect();
    let light: Vec<_> = (0..10).map(|n| job(n, |o| o.queue = "light".into())).collect();
    queues.enqueue(&heavy).await.unwrap();
    queues.enqueue(&light).await.unwrap();
    let _worker = TestWorker::start_with(
        &queues,
        one,
        handler(move |d| {
            written.lock().unwrap().push(d.queue.to_string());
            async { Ok(Outcome::Done(json!(null))) }
        }),
    );
    for job in &light {
        until_state(&queues, job.id, JobState::Done).await;
    }
    let order = order.lock().unwrap();
    let last = order.iter().rposition(|queue| queue == "light").unwrap();
    let taken = order[..=last].iter().filter(|queue| *queue == "light").count();
    assert_eq!(taken, 10);
    assert!((80..=140).contains(&last), "one turn in ten: the tenth light job was number {last}");
}

#[tokio::test]
async fn a_redis_that_became_a_replica_is_waited_for() {
    let server = RedisServer::start();
    let queues = queues_at(&server.url()).await;
    let worker = TestWorker::start(&queues, "w", done());
    until("it serves", || async { worker.control.status().phase == Phase::Serving }).await;
    let follow = async |host: &str, port: &str| {
        let _: String = raw(&server.url(), redis::cmd("REPLICAOF").arg(host).arg(port)).await;
    };
    follow("127.0.0.1", "1").await;
    let refused = queues.enqueue(&[job(1, |_| {})]).await;
    assert!(matches!(refused, Err(QueueError::Unavailable(_))), "{refused:?}");
    until("the worker says so", || async { worker.control.status().phase == Phase::WaitingForRedis }).await;
    follow("NO", "ONE").await;
    until_state(&queues, enqueue(&queues, job(2, |_| {})).await, JobState::Done).await;
    until("the worker serves", || async { worker.control.status().phase == Phase::Serving }).await;
}

#[tokio::test]
async fn progress_and_result_are_read_by_a_process_that_knows_only_the_id() {
    let settings = config();
    let url = redis_server::shared_url();
    let (own, other) = (
        Queues::connect(&url, settings.clone()).await.unwrap(),
        Queues::connect(&url, QueuesConfig { ..settings }).await.unwrap(),
    );
    let gate = Arc::new(Semaphore::new(0));
    let opened = Arc::clone(&gate);
    let _worker = TestWorker::start(
        &own,
        "w",
        handler(move |d| {
            let gate = Arc::clone(&opened);
            async move {
                d.handle.progress(70, "seven of ten").await?;
                gate.acquire().await?.forget();
                Ok(Outcome::Done(json!({ "rows": 10 })))
            }
        }),
    );
    let id = enqueue(&own, job(1, |_| {})).await;
    until("progress is there", || async { view(&other, id).await.progress.is_some() }).await;
    let progress = view(&other, id).await.progress.unwrap();
    assert_eq!((progress.percent, progress.text.as_str()), (70, "seven of ten"));
    gate.add_permits(1);
    assert_eq!(until_state(&other, id, JobState::Done).await.result.unwrap().get(), r#"{"rows":10}"#);
}

#[tokio::test]
async fn a_unique_key_is_released_only_by_its_owner() {
    let queues = queues().await;
    let unique =
        || job(1, |o| o.unique = Some(Unique { key: "k".to_owned(), window: Window::UntilFinished }));
    let first = enqueue(&queues, unique()).await;
    // A Redis that lost a second may have lost the key, and given it to another job since.
    let slot = format!("{{{}:main}}:u:k", queues.prefix());
    let _: u64 = raw(&redis_server::shared_url(), redis::cmd("DEL").arg(slot)).await;
    let second = enqueue(&queues, unique()).await;
    assert_ne!(first, second);
    queues.cancel(first).await.unwrap();
    assert_eq!(enqueue(&queues, unique()).await, second, "the end of the first frees nothing");
    queues.cancel(second).await.unwrap();
    assert_ne!(enqueue(&queues, unique()).await, second);
}

#[tokio::test]
async fn the_children_of_a_cancelled_job_are_killed() {
    let queues = queues().await;
    let child = Arc::new(AtomicU32::new(0));
    let told = Arc::clone(&child);
    let _worker = TestWorker::start(
        &queues,
        "w",
        handler(move |_| {
            let told = Arc::clone(&told);
            async move {
                let mut sleep = tokio::process::Command::new("sleep");
                let mut sleep = sleep.arg("600").stdin(Stdio::null()).kill_on_drop(true).spawn()?;
                told.store(sleep.id().unwrap_or(0), Ordering::SeqCst);
                sleep.wait().await?;
                Ok(Outcome::Done(json!(null)))
            }
        }),
    );
    let id = enqueue(&queues, job(1, |_| {})).await;
    until("the child runs", || async { child.load(Ordering::SeqCst) != 0 }).await;
    queues.cancel(id).await.unwrap();
    until_state(&queues, id, JobState::Cancelled).await;
    let stat = format!("/proc/{}/stat", child.load(Ordering::SeqCst));
    let lives = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
    until("the child is gone", || async { !lives() }).await;
}

#[tokio::test]
async fn with_a_clock_of_redis_that_jumps_jobs_go_on_and_no_lease_is_lost() {
    let server = RedisServer::with_clock();
    let queues = queues_at(&server.url()).await;
    // A jump moves the lease clock by two seconds at most.
    let mut settings = options("w");
    (settings.lease, settings.renew_every) = (Duration::from_secs(3), Duration::from_millis(200));
    let slow = handler(|_| async {
        tokio::time::sleep(Duration::from_millis(600)).await;
        Ok(Outcome::Done(json!(null)))
    });
    let _worker = TestWorker::start_with(&queues, settings, slow);
    for shift in [0, 3_600_000, -7_200_000, 31_536_000_000, 0] {
        let id = enqueue(&queues, job(1, |_| {})).await;
        until_state(&queues, id, JobState::Running).await;
        server.clock().set(0, shift);
        assert_eq!(until_state(&queues, id, JobState::Done).await.losses, 0, "set by {shift} ms");
    }
}

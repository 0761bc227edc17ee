//! What limits a job: concurrency keys, rates, expiry, pause, caps.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use queue::{ConcurrencyKey, JobState, NewJob, Outcome, QueueShare, RateLimit};
use serde_json::json;

use crate::support::worker::options;
use crate::support::{QUEUE, TestWorker, enqueue, handler, job, queues, until, until_state, view};

fn keyed(n: u32, key: &str, limit: u32) -> NewJob {
    job(n, |o| o.concurrency_key = Some(ConcurrencyKey { key: key.to_owned(), limit }))
}

#[tokio::test]
async fn at_most_the_limit_of_a_key_runs_and_in_order_and_none_is_lost() {
    let queues = queues().await;
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let order = Arc::new(Mutex::new(Vec::new()));
    let body = {
        let (now, most, order) = (Arc::clone(&now), Arc::clone(&most), Arc::clone(&order));
        handler(move |d| {
            let (now, most, order) = (Arc::clone(&now), Arc::clone(&most), Arc::clone(&order));
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                order.lock().unwrap().push(d.payload.get().parse::<u32>().unwrap());
                tokio::time::sleep(Duration::from_millis(3)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                Ok(Outcome::Done(json!(null)))
            }
        })
    };
    let jobs: Vec<_> = (0..40).map(|n| keyed(n, "odoo", 1)).collect();
    queues.enqueue(&jobs).await.unwrap();
    let _workers = ["a", "b"].map(|name| TestWorker::start(&queues, name, Arc::clone(&body)));
    for job in &jobs {
        until_state(&queues, job.id, JobState::Done).await;
    }
    assert_eq!(most.load(Ordering::SeqCst), 1);
    assert_eq!(*order.lock().unwrap(), (0..40).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_slot_is_freed_by_every_way_out_of_running() {
    let queues = queues().await;
    let seen = Arc::new(Mutex::new(HashSet::new()));
    let noted = Arc::clone(&seen);
    let body = handler(move |d| {
        let first_time = noted.lock().unwrap().insert(d.id);
        async move {
            match (d.payload.get(), first_time) {
                ("0", true) => Err("retry".into()),
                ("1", true) => panic!("boom"),
                ("2", true) => Ok(Outcome::Snooze(Duration::from_millis(20))),
                ("3", true) => Ok(Outcome::Discard("no".to_owned())),
                ("4", _) => {
                    std::future::pending::<()>().await;
                    Ok(Outcome::Done(json!(null)))
                }
                _ => Ok(Outcome::Done(json!(null))),
            }
        }
    });
    let jobs: Vec<_> = (0..6).map(|n| keyed(n, "k", 1)).collect();
    queues.enqueue(&jobs).await.unwrap();
    let lost = TestWorker::start(&queues, "lost", Arc::clone(&body));
    until_state(&queues, jobs[4].id, JobState::Running).await;
    lost.lose();
    let _worker = TestWorker::start(&queues, "w", body);
    until("the lost one runs again", || async {
        view(&queues, jobs[4].id).await.worker.as_deref() == Some("w")
    })
    .await;
    queues.cancel(jobs[4].id).await.unwrap();
    for n in [0, 1, 2, 5] {
        until_state(&queues, jobs[n].id, JobState::Done).await;
    }
    assert_eq!(view(&queues, jobs[3].id).await.state, JobState::Dead);
}

#[tokio::test]
async fn a_job_in_backoff_holds_no_slot_and_comes_back_at_its_place() {
    let queues = queues().await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let written = Arc::clone(&order);
    let mut one = options("w");
    one.concurrency = 1;
    let _worker = TestWorker::start_with(
        &queues,
        one,
        handler(move |d| {
            let n = d.payload.get().parse::<u32>().unwrap();
            written.lock().unwrap().push((n, d.attempt));
            async move {
                tokio::time::sleep(Duration::from_millis(40)).await;
                if (n, d.attempt) == (0, 1) {
                    return Ok(Outcome::RetryAfter("x".to_owned(), Duration::from_millis(10)));
                }
                Ok(Outcome::Done(json!(null)))
            }
        }),
    );
    let jobs: Vec<_> = (0..4).map(|n| keyed(n, "k", 1)).collect();
    queues.enqueue(&jobs).await.unwrap();
    for job in &jobs {
        until_state(&queues, job.id, JobState::Done).await;
    }
    // While it backed off, 1 ran; then it went before 2 and 3.
    assert_eq!(*order.lock().unwrap(), [(0, 1), (1, 1), (0, 2), (2, 1), (3, 1)]);
}

#[tokio::test]
async fn a_rate_limit_of_a_key_lets_so_many_start_per_period_and_spends_no_attempt() {
    let queues = queues().await;
    let _worker = TestWorker::start(&queues, "w", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    let rate = RateLimit { key: "mail".to_owned(), limit: 3, period: Duration::from_millis(400) };
    let jobs: Vec<_> =
        (0..9).map(|n| job(n, |o| (o.rate, o.max_attempts) = (Some(rate.clone()), 1))).collect();
    queues.enqueue(&jobs).await.unwrap();
    // By Redis's clock, which the limit goes by: a handler may begin later than its start was counted.
    let mut starts = Vec::new();
    for job in &jobs {
        let done = until_state(&queues, job.id, JobState::Done).await;
        assert_eq!(done.attempt, 1);
        starts.push(done.started_at.unwrap());
    }
    starts.sort_unstable();
    for window in starts.windows(4) {
        let between = (window[3] - window[0]).num_milliseconds();
        assert!(between >= 400, "four starts within {between} ms");
    }
    assert!((starts[8] - starts[0]).num_milliseconds() < 3_000, "{starts:?}");
}

#[tokio::test]
async fn a_rate_limit_of_a_queue_lets_so_many_start_per_period() {
    let queues = queues().await;
    let rate = RateLimit { key: String::new(), limit: 2, period: Duration::from_millis(300) };
    queues.limit_rate(QUEUE, Some(&rate)).await.unwrap();
    let jobs: Vec<_> = (0..6).map(|n| job(n, |_| {})).collect();
    queues.enqueue(&jobs).await.unwrap();
    let began = Instant::now();
    let _worker = TestWorker::start(&queues, "w", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    for job in &jobs {
        until_state(&queues, job.id, JobState::Done).await;
    }
    assert!(began.elapsed() >= Duration::from_millis(590), "{:?}", began.elapsed());
}

#[tokio::test]
async fn an_expired_job_is_dropped_unrun_and_counted() {
    let queues = queues().await;
    let gone = chrono::Utc::now() + chrono::TimeDelta::milliseconds(30);
    let id = enqueue(&queues, job(1, |o| o.expires_at = Some(gone))).await;
    tokio::time::sleep(Duration::from_millis(60)).await;
    let _worker = TestWorker::start(&queues, "w", handler(|_| async { panic!("it must not run") }));
    let expired = until_state(&queues, id, JobState::Expired).await;
    assert_eq!(expired.attempt, 0);
    assert_eq!(queues.queue_stats().await.unwrap()[0].depth.of(JobState::Expired), 1);
}

#[tokio::test]
async fn an_operators_retry_runs_an_expired_job() {
    let queues = queues().await;
    let gone = chrono::Utc::now() + chrono::TimeDelta::milliseconds(10);
    let id = enqueue(&queues, job(1, |o| o.expires_at = Some(gone))).await;
    tokio::time::sleep(Duration::from_millis(40)).await;
    let fails_once = handler(|d| async move {
        if d.attempt == 1 { Err("once".into()) } else { Ok(Outcome::Done(json!(null))) }
    });
    let _worker = TestWorker::start(&queues, "w", fails_once);
    until_state(&queues, id, JobState::Expired).await;
    assert_eq!(queues.retry(id).await.unwrap(), queue::RetryAnswer::Queued);
    assert_eq!(until_state(&queues, id, JobState::Done).await.attempt, 2);
}

#[tokio::test]
async fn pause_stops_taking_only_and_resume_takes_again() {
    let queues = queues().await;
    let _worker = TestWorker::start(
        &queues,
        "w",
        handler(|d| async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(Outcome::Done(json!(d.attempt)))
        }),
    );
    let running = enqueue(&queues, job(1, |_| {})).await;
    until_state(&queues, running, JobState::Running).await;
    queues.pause(QUEUE).await.unwrap();
    let waiting = enqueue(&queues, job(2, |_| {})).await;
    until_state(&queues, running, JobState::Done).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let stats = &queues.queue_stats().await.unwrap()[0];
    assert!(stats.paused && stats.depth.of(JobState::Ready) == 1 && stats.oldest_wait_seconds.unwrap() > 0.2);
    queues.resume(QUEUE).await.unwrap();
    until_state(&queues, waiting, JobState::Done).await;
}

#[tokio::test]
async fn long_jobs_of_one_queue_do_not_hold_every_permit() {
    let queues = queues().await;
    let mut two = options("w");
    two.concurrency = 4;
    two.queues = vec![QueueShare::new(QUEUE), QueueShare::new("quick")];
    let _worker = TestWorker::start_with(
        &queues,
        two,
        handler(|d| async move {
            if &*d.queue == QUEUE {
                std::future::pending::<()>().await;
            }
            Ok(Outcome::Done(json!(null)))
        }),
    );
    let long: Vec<_> = (0..16).map(|n| job(n, |_| {})).collect();
    queues.enqueue(&long).await.unwrap();
    until("three of four run", || async {
        let stats = queues.queue_stats().await.unwrap();
        stats.iter().any(|queue| queue.name == QUEUE && queue.depth.of(JobState::Running) == 3)
    })
    .await;
    let quick = enqueue(&queues, job(1, |o| o.queue = "quick".into())).await;
    until_state(&queues, quick, JobState::Done).await;
}

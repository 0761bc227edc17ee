//! What becomes of a job when its handler has answered, or could not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use queue::{JobState, Outcome, Retention};
use serde_json::json;

use crate::support::{
    TestWorker, enqueue, handler, job, queues, raw, redis_server, until, until_state, view,
};

#[tokio::test]
async fn a_done_job_keeps_its_result_and_its_one_attempt() {
    let queues = queues().await;
    let _worker =
        TestWorker::start(&queues, "w", handler(|_| async { Ok(Outcome::Done(json!({"rows": 3}))) }));
    let id = enqueue(&queues, job(json!({"n": 1}), |_| {})).await;
    let done = until_state(&queues, id, JobState::Done).await;
    assert_eq!(done.result.unwrap().get(), r#"{"rows":3}"#);
    assert_eq!((done.attempt, done.attempts.len(), done.worker.as_deref()), (1, 1, Some("w")));
    assert!(done.attempts[0].ended_at.is_some() && done.finished_at.is_some());
    assert_eq!(done.payload.get(), r#"{"n":1}"#);
}

#[tokio::test]
async fn errors_are_retried_with_backoff_until_the_attempts_are_spent_and_each_is_kept() {
    let queues = queues().await;
    let _worker =
        TestWorker::start(&queues, "w", handler(|d| async move { Err(format!("no {}", d.attempt).into()) }));
    let id = enqueue(&queues, job(1, |o| o.max_attempts = 3)).await;
    let dead = until_state(&queues, id, JobState::Dead).await;
    let errors: Vec<_> = dead.attempts.iter().map(|a| (a.attempt, a.error.clone().unwrap())).collect();
    assert_eq!(errors, [(1, "no 1".to_owned()), (2, "no 2".to_owned()), (3, "no 3".to_owned())]);
    assert_eq!(dead.error.as_deref(), Some("no 3"));
}

#[tokio::test]
async fn of_attempts_with_long_errors_the_newest_that_fit_are_kept() {
    let queues = queues().await;
    // What ends one attempt's record in the log and begins the next may stand in an error, too.
    let long = |attempt: u32| format!(r#"{attempt}: "}},{{"attempt":{}"#, "x".repeat(1_900));
    let failing = handler(move |d| async move { Err(long(d.attempt).into()) });
    let _worker = TestWorker::start(&queues, "w", failing);
    let id = enqueue(&queues, job(1, |o| o.max_attempts = 40)).await;
    let dead = until_state(&queues, id, JobState::Dead).await;
    let kept: Vec<_> = dead.attempts.iter().map(|a| (a.attempt, a.error.clone().unwrap())).collect();
    assert!((30..34).contains(&kept.len()), "{} of 2 kB fit into 64 kB", kept.len());
    let first = 41 - u32::try_from(kept.len()).unwrap();
    assert_eq!(kept, (first..=40).map(|attempt| (attempt, long(attempt))).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_retry_waits_in_redis_and_survives_its_worker() {
    let queues = queues().await;
    let failing = TestWorker::start(
        &queues,
        "a",
        handler(|_| async { Ok(Outcome::RetryAfter("later".to_owned(), Duration::from_millis(700))) }),
    );
    let id = enqueue(&queues, job(1, |_| {})).await;
    let waiting = until_state(&queues, id, JobState::Retry).await;
    assert!(waiting.due_at.is_some());
    failing.lose();
    let _other = TestWorker::start(&queues, "b", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    let done = until_state(&queues, id, JobState::Done).await;
    assert_eq!((done.attempt, done.losses), (2, 0));
    let pause = done.started_at.unwrap() - done.attempts[0].ended_at.unwrap();
    assert!(pause.num_milliseconds() >= 695, "RetryAfter was kept: {pause}");
}

#[tokio::test]
async fn a_panic_counts_as_an_attempt_and_ends_nothing_else() {
    let queues = queues().await;
    let _worker = TestWorker::start(
        &queues,
        "w",
        handler(|d| async move {
            assert!(d.attempt > 1, "boom");
            Ok(Outcome::Done(json!(null)))
        }),
    );
    let id = enqueue(&queues, job(1, |_| {})).await;
    let done = until_state(&queues, id, JobState::Done).await;
    assert_eq!(done.attempt, 2);
    assert_eq!(done.attempts[0].error.as_deref(), Some("panic: boom"));
}

#[tokio::test]
async fn a_time_out_counts_as_an_attempt() {
    let queues = queues().await;
    let _worker = TestWorker::start(
        &queues,
        "w",
        handler(|_| async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(Outcome::Done(json!(null)))
        }),
    );
    let id = enqueue(
        &queues,
        job(1, |o| {
            o.max_attempts = 1;
            o.timeout = Duration::from_millis(50);
        }),
    )
    .await;
    let dead = until_state(&queues, id, JobState::Dead).await;
    assert_eq!(dead.error.as_deref(), Some("timed out after 50ms"));
}

#[tokio::test]
async fn a_discarded_job_is_dead_with_attempts_left() {
    let queues = queues().await;
    let _worker =
        TestWorker::start(&queues, "w", handler(|_| async { Ok(Outcome::Discard("bad input".to_owned())) }));
    let id = enqueue(&queues, job(1, |_| {})).await;
    let dead = until_state(&queues, id, JobState::Dead).await;
    assert_eq!((dead.attempt, dead.error.as_deref()), (1, Some("bad input")));
}

#[tokio::test]
async fn a_snooze_spends_no_attempt() {
    let queues = queues().await;
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let _worker = TestWorker::start(
        &queues,
        "w",
        handler(move |d| {
            let run = counted.fetch_add(1, Ordering::SeqCst);
            async move {
                assert_eq!(d.attempt, 1);
                Ok(if run < 5 {
                    Outcome::Snooze(Duration::from_millis(10))
                } else {
                    Outcome::Done(json!(null))
                })
            }
        }),
    );
    let id = enqueue(&queues, job(1, |o| o.max_attempts = 1)).await;
    let done = until_state(&queues, id, JobState::Done).await;
    assert_eq!((done.attempt, runs.load(Ordering::SeqCst)), (1, 6));
}

#[tokio::test]
async fn an_undecodable_job_is_dead_with_the_reason_and_others_go_on() {
    let queues = queues().await;
    let bad = enqueue(&queues, job(1, |_| {})).await;
    let good = enqueue(&queues, job(2, |_| {})).await;
    let url = redis_server::shared_url();
    let jobs = format!("{{{}:main}}:j", queues.prefix());
    let packed: Vec<u8> = raw(&url, redis::cmd("HGET").arg(&jobs).arg(bad.as_bytes())).await;
    let cut = &packed[..packed.len() - 8];
    let _: u64 = raw(&url, redis::cmd("HSET").arg(&jobs).arg(bad.as_bytes()).arg(cut)).await;
    let _worker = TestWorker::start(&queues, "w", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    until_state(&queues, good, JobState::Done).await;
    let log = format!("{{{}:main}}:log", queues.prefix());
    until("the reason is kept", || async {
        let entry: Option<String> = raw(&url, redis::cmd("HGET").arg(&log).arg(bad.as_bytes())).await;
        entry.is_some_and(|entry| entry.contains("undecodable"))
    })
    .await;
}

#[tokio::test]
async fn a_lossy_kind_leaves_only_counters() {
    let queues = queues().await;
    let _worker = TestWorker::start(&queues, "w", handler(|_| async { Ok(Outcome::Done(json!("result"))) }));
    let id = enqueue(&queues, job(1, |o| o.retention = Retention::CountersOnly)).await;
    until("the record is gone", || async { queues.job(id).await.unwrap().is_none() }).await;
    let url = redis_server::shared_url();
    let base = format!("{{{}:main}}", queues.prefix());
    let counted: u64 = raw(&url, redis::cmd("HGET").arg(format!("{base}:count")).arg("done:task")).await;
    let left: u64 = raw(&url, redis::cmd("HLEN").arg(format!("{base}:r"))).await;
    assert_eq!((counted, left), (1, 0));
}

#[tokio::test]
async fn done_jobs_are_kept_up_to_a_count_per_kind() {
    let queues = queues().await;
    let _worker = TestWorker::start(&queues, "w", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    let keep = Retention::Keep { period: Duration::from_secs(60), at_most: 10 };
    let jobs: Vec<_> = (0..200).map(|n| job(n, |o| o.retention = keep)).collect();
    queues.enqueue(&jobs).await.unwrap();
    until("all but ten are trimmed", || async {
        let stats = &queues.queue_stats().await.unwrap()[0];
        [JobState::Done, JobState::Ready, JobState::Running].map(|state| stats.depth.of(state)) == [10, 0, 0]
    })
    .await;
    let url = redis_server::shared_url();
    let base = format!("{{{}:main}}", queues.prefix());
    let records: u64 = raw(&url, redis::cmd("HLEN").arg(format!("{base}:j"))).await;
    assert_eq!(records, 10);
}

#[tokio::test]
async fn progress_is_seen_from_any_process_while_the_job_runs() {
    let queues = queues().await;
    let _worker = TestWorker::start(
        &queues,
        "w",
        handler(|d| async move {
            d.handle.progress(40, "rows 4 of 10").await?;
            d.handle.cancelled().await;
            Ok(Outcome::Done(json!(null)))
        }),
    );
    let id = enqueue(&queues, job(1, |_| {})).await;
    until("progress is stored", || async { view(&queues, id).await.progress.is_some() }).await;
    let seen = view(&queues, id).await;
    let progress = seen.progress.unwrap();
    assert_eq!(
        (progress.percent, progress.text.as_str(), seen.state),
        (40, "rows 4 of 10", JobState::Running)
    );
}

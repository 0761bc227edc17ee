//! The order in which jobs are taken, and who takes them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use queue::{JobState, NewJob, Outcome, Queues};
use serde_json::json;

use crate::support::worker::{Handler, options};
use crate::support::{KIND, TestWorker, enqueue, handler, job, queues, until_state};

/// A handler that writes down the payloads it sees.
fn recorder() -> (Handler, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let written = Arc::clone(&seen);
    let body = handler(move |d| {
        written.lock().unwrap().push(d.payload.get().to_owned());
        async { Ok(Outcome::Done(json!(null))) }
    });
    (body, seen)
}

/// Runs what waits, one at a time, and answers the order.
async fn order_of(queues: &Queues, jobs: &[NewJob]) -> Vec<String> {
    let (body, seen) = recorder();
    let mut one = options("w");
    one.concurrency = 1;
    one.kinds = vec![(KIND.to_owned(), 1), ("other".to_owned(), 1), ("third".to_owned(), 1)];
    let _worker = TestWorker::start_with(queues, one, body);
    for job in jobs {
        until_state(queues, job.id, JobState::Done).await;
    }
    seen.lock().unwrap().clone()
}

#[tokio::test]
async fn higher_priority_goes_first_and_equals_in_the_order_of_their_enqueueing() {
    let queues = queues().await;
    let jobs: Vec<_> = [5, 9, 0, 5, 9].iter().enumerate().map(|(n, p)| job(n, |o| o.priority = *p)).collect();
    queues.enqueue(&jobs).await.unwrap();
    assert_eq!(order_of(&queues, &jobs).await, ["1", "4", "0", "3", "2"]);
}

#[tokio::test]
async fn a_waiting_job_ages_one_step_a_minute() {
    let queues = queues().await;
    // A job due six minutes ago has gained six steps; a fresh one of priority 5 has none, one of priority 7 is ahead.
    let mut old = job("old", |o| o.priority = 0);
    old.options.run_at = None;
    let jobs = [old, job("fresh 5", |o| o.priority = 5), job("fresh 7", |o| o.priority = 7)];
    queues.enqueue(&jobs).await.unwrap();
    age(&queues, &jobs[0], Duration::from_secs(6 * 60)).await;
    assert_eq!(order_of(&queues, &jobs).await, [r#""fresh 7""#, r#""old""#, r#""fresh 5""#]);
}

/// Makes a waiting job older, as waiting does.
async fn age(queues: &Queues, job: &NewJob, by: Duration) {
    let key = format!("{{{}:main}}:w:{KIND}:1", queues.prefix());
    let mut add = redis::cmd("ZINCRBY");
    add.arg(key).arg(-i64::try_from(by.as_micros()).unwrap()).arg(job.id.as_bytes());
    let _: f64 = crate::support::raw(&crate::support::redis_server::shared_url(), &add).await;
}

#[tokio::test]
async fn the_order_holds_across_kinds() {
    let queues = queues().await;
    let mut jobs: Vec<_> = (0..9).map(|n| job(n, |o| o.priority = if n == 8 { 9 } else { 5 })).collect();
    for (n, job) in jobs.iter_mut().enumerate() {
        job.kind = [KIND, "other", "third"][n % 3].into();
    }
    queues.enqueue(&jobs).await.unwrap();
    let expected: Vec<_> = [8, 0, 1, 2, 3, 4, 5, 6, 7].iter().map(ToString::to_string).collect();
    assert_eq!(order_of(&queues, &jobs).await, expected);
}

#[tokio::test]
async fn a_delayed_job_starts_when_it_is_due_and_not_before() {
    let queues = queues().await;
    let _worker = TestWorker::start(&queues, "w", recorder().0);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let due = Utc::now() + TimeDelta::milliseconds(150);
    let id = enqueue(&queues, job(1, |o| o.run_at = Some(due))).await;
    assert_eq!(crate::support::view(&queues, id).await.state, JobState::Scheduled);
    let late = until_state(&queues, id, JobState::Done).await.started_at.unwrap() - due;
    assert!((-1..100).contains(&late.num_milliseconds()), "{late}");
}

#[tokio::test]
async fn an_enqueued_job_wakes_an_idle_worker() {
    let queues = queues().await;
    let mut patient = options("w");
    patient.idle_wait = Duration::from_secs(10);
    let _worker = TestWorker::start_with(&queues, patient, recorder().0);
    until_state(&queues, enqueue(&queues, job(0, |_| {})).await, JobState::Done).await;
    for n in 0..20 {
        let began = Instant::now();
        let id = enqueue(&queues, job(n, |_| {})).await;
        until_state(&queues, id, JobState::Done).await;
        assert!(began.elapsed() < Duration::from_secs(2), "job {n} waited {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_fetch_takes_only_the_versions_it_knows_and_the_rest_shows_as_unclaimed() {
    let queues = queues().await;
    let mut newer = job("new", |_| {});
    newer.version = 2;
    let known = enqueue(&queues, job("old", |_| {})).await;
    let unknown = enqueue(&queues, newer).await;
    let _worker = TestWorker::start(&queues, "w", recorder().0);
    until_state(&queues, known, JobState::Done).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let stats = &queues.queue_stats().await.unwrap()[0];
    let unclaimed: Vec<_> = stats.unclaimed.iter().map(|u| (u.kind.as_str(), u.version, u.count)).collect();
    assert_eq!(unclaimed, [(KIND, 2, 1)]);
    let mut upgraded = options("upgraded");
    upgraded.kinds.push((KIND.to_owned(), 2));
    let _upgraded = TestWorker::start_with(&queues, upgraded, recorder().0);
    until_state(&queues, unknown, JobState::Done).await;
}

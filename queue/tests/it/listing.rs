//! Lists: pages by rank, totals, filters.

use chrono::{TimeDelta, Utc};
use queue::{JobContext, JobFilter, JobState, Outcome};
use serde_json::json;

use crate::support::{TestWorker, enqueue, handler, job, queues, until, until_state};

#[tokio::test]
async fn pages_cover_every_job_once_newest_first_across_queues_and_states() {
    let queues = queues().await;
    let later = Utc::now() + TimeDelta::hours(1);
    let jobs: Vec<_> = (0..57)
        .map(|n| {
            job(n, |o| {
                o.queue = ["main", "second", "third"][n % 3].into();
                o.run_at = (n % 5 == 0).then_some(later);
            })
        })
        .collect();
    queues.enqueue(&jobs).await.unwrap();
    let mut seen = Vec::new();
    for page in 1..=6 {
        let answer = queues.jobs(&JobFilter::default(), page, 10).await.unwrap();
        assert_eq!(answer.total, 57);
        seen.extend(answer.items.iter().map(|job| job.id));
    }
    assert_eq!(seen.len(), 57);
    let mut unique = seen.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), 57);
    assert!(queues.jobs(&JobFilter::default(), 7, 10).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn filters_by_state_kind_queue_and_actor_agree_with_their_totals() {
    let queues = queues().await;
    let actor = uuid::Uuid::now_v7();
    let mut mine = job("mine", |_| {});
    mine.context = JobContext { actor: Some(actor), request_id: Some("req-7".to_owned()), traceparent: None };
    let mut other = job("other", |o| o.queue = "second".into());
    other.kind = "other".into();
    queues.enqueue(&[mine.clone(), other.clone()]).await.unwrap();
    let by = |filter: JobFilter| {
        let queues = queues.clone();
        async move {
            let page = queues.jobs(&filter, 1, 50).await.unwrap();
            assert_eq!(page.items.len() as u64, page.total);
            page.items.into_iter().map(|job| job.id).collect::<Vec<_>>()
        }
    };
    assert_eq!(by(JobFilter { actor: Some(actor), ..JobFilter::default() }).await, [mine.id]);
    assert_eq!(by(JobFilter { kind: Some("other".to_owned()), ..JobFilter::default() }).await, [other.id]);
    assert_eq!(by(JobFilter { queue: Some("second".to_owned()), ..JobFilter::default() }).await, [other.id]);
    assert_eq!(by(JobFilter { state: Some(JobState::Ready), ..JobFilter::default() }).await.len(), 2);
    assert!(by(JobFilter { state: Some(JobState::Done), ..JobFilter::default() }).await.is_empty());
    assert_eq!(queues.job(mine.id).await.unwrap().unwrap().context.request_id.as_deref(), Some("req-7"));
}

#[tokio::test]
async fn every_state_has_its_list() {
    let queues = queues().await;
    let _worker = TestWorker::start(
        &queues,
        "w",
        handler(|d| async move {
            match d.payload.get() {
                "0" => Ok(Outcome::Done(json!(null))),
                "1" => Ok(Outcome::Discard("no".to_owned())),
                "2" => Ok(Outcome::RetryAfter("later".to_owned(), std::time::Duration::from_secs(60))),
                _ => {
                    std::future::pending::<()>().await;
                    Ok(Outcome::Done(json!(null)))
                }
            }
        }),
    );
    let states = [JobState::Done, JobState::Dead, JobState::Retry, JobState::Running];
    for (n, state) in states.into_iter().enumerate() {
        let id = enqueue(&queues, job(n, |_| {})).await;
        until_state(&queues, id, state).await;
        let filter = JobFilter { state: Some(state), kind: Some("task".to_owned()), ..JobFilter::default() };
        until("the list has it", || async { queues.jobs(&filter, 1, 10).await.unwrap().items.len() == 1 })
            .await;
        let page = queues.jobs(&filter, 1, 10).await.unwrap();
        assert_eq!((page.items[0].id, page.total), (id, 1));
    }
    assert_eq!(queues.jobs(&JobFilter::default(), 1, 10).await.unwrap().total, 4);
}

#[tokio::test]
async fn pages_of_jobs_that_share_their_time_cover_each_once() {
    let queues = queues().await;
    let jobs: Vec<_> = (0..240)
        .map(|n| {
            job(n, |o| {
                o.queue = ["main", "second"][n % 2].into();
                o.priority = [3, 5][n / 2 % 2];
            })
        })
        .collect();
    queues.enqueue(&jobs).await.unwrap();
    let mut seen = Vec::new();
    for page in 1..=35 {
        let answer = queues.jobs(&JobFilter::default(), page, 7).await.unwrap();
        assert_eq!(answer.total, 240);
        seen.extend(answer.items.iter().map(|job| job.id));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 240);
}

#[tokio::test]
async fn a_job_that_changes_its_state_while_a_list_is_read_is_on_it_once() {
    let queues = queues().await;
    let _worker = TestWorker::start(
        &queues,
        "w",
        handler(|_| async move {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            Ok(Outcome::Snooze(std::time::Duration::from_millis(5)))
        }),
    );
    let jobs: Vec<_> = (0..40).map(|n| job(n, |_| {})).collect();
    queues.enqueue(&jobs).await.unwrap();
    for _ in 0..300 {
        let page = queues.jobs(&JobFilter::default(), 1, 100).await.unwrap();
        let mut ids: Vec<_> = page.items.iter().map(|job| job.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!((ids.len(), page.items.len(), page.total), (40, 40, 40));
    }
    for state in [JobState::Running, JobState::Ready, JobState::Scheduled] {
        let filter = JobFilter { state: Some(state), ..JobFilter::default() };
        for _ in 0..50 {
            let page = queues.jobs(&filter, 1, 100).await.unwrap();
            assert!(page.items.iter().all(|job| job.state == state), "a filter and what it shows agree");
            assert_eq!(page.items.len() as u64, page.total);
        }
    }
}

#[tokio::test]
async fn running_jobs_come_first_and_page_on_into_those_that_wait() {
    let queues = queues().await;
    let _worker = TestWorker::start(&queues, "w", handler(|_| std::future::pending()));
    let jobs: Vec<_> = (0..10).map(|n| job(n, |_| {})).collect();
    queues.enqueue(&jobs).await.unwrap();
    let running = JobFilter { state: Some(JobState::Running), ..JobFilter::default() };
    until("four run", || async { queues.jobs(&running, 1, 1).await.unwrap().total == 4 }).await;
    let mut states = Vec::new();
    for page in 1..=4 {
        let page = queues.jobs(&JobFilter::default(), page, 3).await.unwrap();
        states.extend(page.items.iter().map(|job| job.state));
    }
    let (first, rest) = states.split_at(4);
    assert!(first.iter().all(|state| *state == JobState::Running), "{states:?}");
    assert!(rest.len() == 6 && rest.iter().all(|state| *state == JobState::Ready), "{states:?}");
}

#[tokio::test]
async fn the_rate_of_a_queue_counts_what_has_just_ended_and_the_oldest_wait_what_waits() {
    let queues = queues().await;
    let worker = TestWorker::start(&queues, "w", handler(|_| async { Ok(Outcome::Done(json!(null))) }));
    let jobs: Vec<_> = (0..30).map(|n| job(n, |_| {})).collect();
    queues.enqueue(&jobs).await.unwrap();
    let stats = || async { queues.queue_stats().await.unwrap().remove(0) };
    until("all are done", || async { stats().await.depth.of(JobState::Done) == 30 }).await;
    let after = stats().await;
    assert!((after.rate_per_second - 0.5).abs() < 0.01, "30 in a minute: {after:?}");
    assert_eq!(after.oldest_wait_seconds, None);
    worker.lose();
    queues.pause("main").await.unwrap();
    enqueue(&queues, job(0, |_| {})).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let waits = stats().await.oldest_wait_seconds.unwrap();
    assert!((0.3..10.0).contains(&waits), "{waits}");
}

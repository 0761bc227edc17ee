//! Enqueueing: ids, unique keys, limits of size and number, batches, apalis's sink, the outbox's questions.

use std::time::Duration;

use apalis::prelude::TaskSink;
use queue::{
    BatchId, BatchRef, JobSink, JobState, NewJob, Outcome, Presence, QueueError, Queues, Retention, Unique,
    Window,
};
use serde_json::json;

use crate::support::{
    QUEUE, TestWorker, config, enqueue, handler, job, queues, raw, redis_server, until, until_state, view,
};

fn done() -> crate::support::worker::Handler {
    handler(|_| async { Ok(Outcome::Done(json!(null))) })
}

fn unique(n: u32, window: Window) -> NewJob {
    job(n, |o| o.unique = Some(Unique { key: "camera-1".to_owned(), window }))
}

#[tokio::test]
async fn enqueueing_a_known_id_again_changes_nothing() {
    let queues = queues().await;
    let first = job(1, |_| {});
    let answers = queues.enqueue(&[first.clone(), job(2, |_| {}), first.clone()]).await.unwrap();
    assert_eq!(answers.iter().map(|a| a.duplicate).collect::<Vec<_>>(), [false, false, true]);
    let again = queues.enqueue(std::slice::from_ref(&first)).await.unwrap();
    assert_eq!((again[0].id, again[0].duplicate), (first.id, true));
    assert_eq!(queues.queue_stats().await.unwrap()[0].depth.of(JobState::Ready), 2);
}

#[tokio::test]
async fn a_duplicate_of_a_unique_key_returns_the_first_ones_id_until_it_is_finished() {
    let queues = queues().await;
    let first = unique(1, Window::UntilFinished);
    assert!(!queues.enqueue(std::slice::from_ref(&first)).await.unwrap()[0].duplicate);
    let second = queues.enqueue(&[unique(2, Window::UntilFinished)]).await.unwrap()[0];
    assert_eq!((second.id, second.duplicate), (first.id, true));
    let _worker = TestWorker::start(&queues, "w", done());
    until_state(&queues, first.id, JobState::Done).await;
    let third = unique(3, Window::UntilFinished);
    let answer = queues.enqueue(std::slice::from_ref(&third)).await.unwrap()[0];
    assert_eq!((answer.id, answer.duplicate), (third.id, false));
}

#[tokio::test]
async fn a_unique_window_of_a_duration_outlives_its_owner() {
    let queues = queues().await;
    let _worker = TestWorker::start(&queues, "w", done());
    let first = unique(1, Window::For(Duration::from_millis(600)));
    queues.enqueue(std::slice::from_ref(&first)).await.unwrap();
    until_state(&queues, first.id, JobState::Done).await;
    let within = queues.enqueue(&[unique(2, Window::For(Duration::from_millis(600)))]).await.unwrap()[0];
    assert_eq!((within.id, within.duplicate), (first.id, true));
    tokio::time::sleep(Duration::from_millis(650)).await;
    assert!(
        !queues.enqueue(&[unique(3, Window::For(Duration::from_millis(600)))]).await.unwrap()[0].duplicate
    );
}

#[tokio::test]
async fn a_queue_above_its_high_water_mark_refuses_and_says_so() {
    let low = queue::QueuesConfig { high_water: 10, ..config() };
    let queues = Queues::connect(&redis_server::shared_url(), low).await.unwrap();
    let jobs: Vec<_> = (0..10).map(|n| job(n, |_| {})).collect();
    queues.enqueue(&jobs).await.unwrap();
    let refused = queues.enqueue(&[job(11, |_| {})]).await.unwrap_err();
    assert!(matches!(refused, QueueError::Full { ref queue } if queue == QUEUE), "{refused:?}");
    let _worker = TestWorker::start(&queues, "w", done());
    until("there is room again", || async { queues.enqueue(&[job(12, |_| {})]).await.is_ok() }).await;
}

#[tokio::test]
async fn a_payload_above_256_kb_and_bad_options_are_refused_before_redis() {
    let queues = queues().await;
    let large = job("x".repeat(300_000), |_| {});
    assert!(matches!(queues.enqueue(&[large]).await, Err(QueueError::PayloadTooLarge { .. })));
    let bad = job(1, |o| o.priority = 10);
    assert!(matches!(queues.enqueue(&[bad]).await, Err(QueueError::Invalid(_))));
}

#[tokio::test]
async fn the_completion_of_a_batch_runs_once_when_it_is_sealed_and_empty() {
    let queues = queues().await;
    let batch = BatchId::new();
    queues.open_batch(batch, &job("completion", |_| {})).await.unwrap();
    let members: Vec<_> = (0..5).map(|n| job(n, |o| o.batch = Some(BatchRef(batch)))).collect();
    let failing = job("fail", |o| (o.batch, o.max_attempts) = (Some(BatchRef(batch)), 1));
    queues.enqueue(&members).await.unwrap();
    queues.enqueue(&[failing]).await.unwrap();
    let _worker = TestWorker::start(
        &queues,
        "w",
        handler(|d| async move {
            if d.payload.get() == r#""fail""# { Err("no".into()) } else { Ok(Outcome::Done(json!(null))) }
        }),
    );
    until("all members ended", || async { queues.batch(QUEUE, batch).await.unwrap().outstanding == 0 }).await;
    assert!(queues.job(batch.completion()).await.unwrap().is_none(), "not before it is sealed");
    let sealed = queues.seal_batch(QUEUE, batch).await.unwrap();
    assert_eq!((sealed.sealed, sealed.done, sealed.failed, sealed.completed), (true, 5, 1, true));
    until_state(&queues, batch.completion(), JobState::Done).await;
    queues.seal_batch(QUEUE, batch).await.unwrap();
    assert_eq!(queues.queue_stats().await.unwrap()[0].depth.of(JobState::Done), 6);
}

#[tokio::test]
async fn a_sealed_batch_completes_with_its_last_member() {
    let queues = queues().await;
    let batch = BatchId::new();
    queues.open_batch(batch, &job("completion", |_| {})).await.unwrap();
    let member = enqueue(&queues, job(1, |o| o.batch = Some(BatchRef(batch)))).await;
    queues.seal_batch(QUEUE, batch).await.unwrap();
    assert!(queues.job(batch.completion()).await.unwrap().is_none());
    queues.cancel(member).await.unwrap();
    assert_eq!(view(&queues, batch.completion()).await.state, JobState::Ready);
}

#[tokio::test]
async fn jobs_pushed_through_apalis_run() {
    let queues = queues().await;
    let _worker = TestWorker::start(&queues, "w", done());
    let mut sink = JobSink::new(queues.clone());
    let one = job(1, |_| {});
    let many: Vec<_> = (0..20).map(|n| job(n, |_| {})).collect();
    let ids: Vec<_> = many.iter().map(|job| job.id).chain([one.id]).collect();
    sink.push(one).await.unwrap();
    sink.push_bulk(many).await.unwrap();
    for id in ids {
        until_state(&queues, id, JobState::Done).await;
    }
}

#[tokio::test]
async fn the_sweeper_learns_missing_live_and_terminal_and_a_durable_record_stays_until_confirmed() {
    let queues = queues().await;
    let durable = |n: u32| {
        job(n, |o| {
            o.durable = true;
            o.retention = Retention::Keep { period: Duration::from_secs(60), at_most: 1 };
        })
    };
    let worker = TestWorker::start(&queues, "w", handler(|_| async { Ok(Outcome::Done(json!(7))) }));
    let first = enqueue(&queues, durable(1)).await;
    until_state(&queues, first, JobState::Done).await;
    let second = enqueue(&queues, durable(2)).await;
    until_state(&queues, second, JobState::Done).await;
    worker.terminate(Duration::from_secs(1)).await;
    let live = enqueue(&queues, durable(3)).await;
    let ask = [first, live, uuid::Uuid::now_v7()].map(|id| (QUEUE.to_owned(), id));
    let known = queues.finished_states(&ask).await.unwrap();
    assert!(matches!(&known[0], Presence::Terminal(f) if f.state == JobState::Done && f.result.is_some()));
    assert!(matches!(known[1], Presence::Live));
    assert!(matches!(known[2], Presence::Missing));
    let records = format!("{{{}:main}}:j", queues.prefix());
    let count = || async { raw::<u64>(&redis_server::shared_url(), redis::cmd("HLEN").arg(&records)).await };
    assert_eq!(count().await, 3);
    queues.confirm_finished(&ask[..1]).await.unwrap();
    assert_eq!(count().await, 2, "the trimmed one goes once its row is finished");
}

#[tokio::test]
async fn start_up_refuses_a_redis_that_evicts() {
    let mut server = redis_server::RedisServer::start();
    server.kill();
    server.resume(&["--maxmemory-policy", "allkeys-lru"]);
    let refused = Queues::connect(&server.url(), config()).await.unwrap_err();
    assert!(matches!(refused, QueueError::UnfitServer(_)), "{refused:?}");
}

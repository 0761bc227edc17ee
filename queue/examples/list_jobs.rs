//! How long a page of `GET /jobs` takes among 100,000 jobs in all states, whatever it is filtered by and however deep it lies.
//!
//! `REDIS_URL=… cargo run --release -p queue --example list_jobs` on a Redis that nobody else uses; the keys have a prefix of their
//! own, and stay.
#![expect(clippy::unwrap_used, reason = "an example ends at the first thing that is not as it should be")]

use std::time::{Duration, Instant};

use apalis::prelude::{BoxDynError, WorkerBuilder};
use chrono::{TimeDelta, Utc};
use futures_util::FutureExt as _;
use futures_util::future::try_join_all;
use queue::{
    Delivery, JobContext, JobFilter, JobId, JobOptions, JobState, NewJob, Outcome, QueueShare, Queues,
    QueuesConfig, RedisBackend, Retention, WorkerOptions,
};
use serde_json::json;
use uuid::Uuid;

const JOBS: usize = 100_000;
const QUEUES: [&str; 4] = ["capture", "default", "integrations", "exports"];
const KINDS: [&str; 3] = ["send_frame", "odoo_sync", "generate_export"];
const PAGE: usize = 20;
const TIMES: usize = 50;

#[tokio::main]
async fn main() {
    let config =
        QueuesConfig { prefix: format!("list-{}", Uuid::new_v4().simple()), ..QueuesConfig::default() };
    let queues = Queues::connect(&url(), config).await.unwrap();
    let actor = Uuid::now_v7();
    fill(&queues, actor).await;
    let title = format!("{JOBS} jobs, pages of {PAGE}");
    println!("{title:44} {:>8} {:>8} {:>8} {:>9}", "total", "p50 ms", "max ms", "Redis ms");
    let by_actor = JobFilter { actor: Some(actor), ..JobFilter::default() };
    measure(&queues, "no filter", &JobFilter::default()).await;
    measure(&queues, "queue", &JobFilter { queue: Some("capture".to_owned()), ..JobFilter::default() }).await;
    measure(&queues, "type", &JobFilter { kind: Some("odoo_sync".to_owned()), ..JobFilter::default() }).await;
    measure(&queues, "actor", &by_actor).await;
    for state in JobState::ALL {
        let filter = JobFilter { state: Some(state), ..JobFilter::default() };
        measure(&queues, &format!("status {state}"), &filter).await;
    }
    let all = JobFilter {
        queue: Some("capture".to_owned()),
        kind: Some("send_frame".to_owned()),
        state: Some(JobState::Done),
        actor: None,
    };
    measure(&queues, "queue, type and status", &all).await;
    let began = Instant::now();
    queues.queue_stats().await.unwrap();
    println!("{:44} {:>8} {:8.2}", "figures of every queue", "", ms(began.elapsed()));
}

/// Times the first page, one in the middle, and the last one.
async fn measure(queues: &Queues, name: &str, filter: &JobFilter) {
    let total = queues.jobs(filter, 1, PAGE).await.unwrap().total;
    let last = total.div_ceil(PAGE as u64).max(1);
    for (place, page) in [("first", 1), ("middle", last.div_ceil(2)), ("last", last)] {
        let (mut took, before) = (Vec::new(), scripts_ms().await);
        for _ in 0..TIMES {
            let began = Instant::now();
            queues.jobs(filter, page, PAGE).await.unwrap();
            took.push(began.elapsed());
        }
        let redis = (scripts_ms().await - before) / TIMES as f64;
        took.sort();
        let row = format!("{name}, {place} page ({page})");
        let [p50, max] = [TIMES / 2, TIMES - 1].map(|place| ms(took[place]));
        println!("{row:44} {total:8} {p50:8.2} {max:8.2} {redis:9.2}");
    }
}

fn url() -> String {
    std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1".to_owned())
}

/// Time that Redis has spent in scripts; the worker's own are a few a second.
async fn scripts_ms() -> f64 {
    let client = redis::Client::open(url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let info: String = redis::cmd("INFO").arg("commandstats").query_async(&mut connection).await.unwrap();
    let line = info.lines().find_map(|line| line.strip_prefix("cmdstat_evalsha:")).unwrap();
    let spent = line.split(',').find_map(|part| part.strip_prefix("usec=")).unwrap();
    spent.parse::<f64>().unwrap() / 1e3
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Enqueues, lets a worker end some in every way, and cancels some.
async fn fill(queues: &Queues, actor: Uuid) {
    let jobs: Vec<NewJob> = (0..JOBS).map(|n| job(n, actor)).collect();
    for chunk in jobs.chunks(500) {
        queues.enqueue(chunk).await.unwrap();
    }
    let cancelled: Vec<JobId> = jobs.iter().skip(7).step_by(10).map(|job| job.id).collect();
    for chunk in cancelled.chunks(100) {
        try_join_all(chunk.iter().map(|id| queues.cancel(*id))).await.unwrap();
    }
    work(queues).await;
}

/// A fifth is scheduled, a tenth waits for a worker that never comes, a tenth expires; the rest is for the worker.
fn job(n: usize, actor: Uuid) -> NewJob {
    let mut options = JobOptions::on(QUEUES[n / 10 % QUEUES.len()]);
    options.max_attempts = 5;
    options.retention = Retention::Keep { period: Duration::from_secs(86_400), at_most: 100_000 };
    let version = if n % 10 == 2 { 2 } else { 1 };
    options.run_at = (n % 10 < 2).then(|| Utc::now() + TimeDelta::hours(1) + TimeDelta::seconds(n as i64));
    options.expires_at = (n % 10 == 3).then(|| Utc::now() + TimeDelta::milliseconds(1));
    let mut job = NewJob::new(KINDS[n / 40 % KINDS.len()], version, &json!({ "n": n }), options).unwrap();
    job.context = JobContext { actor: (n % 5 == 4).then_some(actor), ..JobContext::default() };
    job
}

/// Ends as the last digit of the job's number says; some jobs go on for ever.
async fn handle(delivery: Delivery) -> Result<Outcome, BoxDynError> {
    let payload: serde_json::Value = serde_json::from_str(delivery.payload.get())?;
    let n = payload["n"].as_u64().unwrap_or_default();
    Ok(match n % 10 {
        4 | 5 => Outcome::Done(json!({ "detections": 1 })),
        6 => Outcome::Discard("the camera is gone".to_owned()),
        8 => Outcome::RetryAfter("the provider is away".to_owned(), Duration::from_secs(3600)),
        _ if n < 3_000 => std::future::pending().await,
        _ => Outcome::Done(json!(null)),
    })
}

/// Runs a worker until it has nothing left to end.
async fn work(queues: &Queues) {
    let shares = QUEUES.iter().map(|queue| QueueShare::new(*queue)).collect();
    let kinds = KINDS.iter().map(|kind| ((*kind).to_owned(), 1)).collect();
    let mut options = WorkerOptions::new("list-1", shares, kinds);
    options.concurrency = 1_000;
    let backend = RedisBackend::new(queues.clone(), options).unwrap();
    let run = WorkerBuilder::new("list-1").backend(backend).build(handle).run().boxed();
    tokio::spawn(run);
    let waiting = JobFilter { state: Some(JobState::Ready), ..JobFilter::default() };
    while queues.jobs(&waiting, 1, 1).await.unwrap().total > (JOBS / 10) as u64 {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
}

//! The same figures of apalis-redis 1.0.0: no-op jobs, enqueueing, the latency of an idle worker.

use std::time::{Duration, Instant};

use apalis_core::backend::TaskSink;
use apalis_redis::Config;
use futures_util::future::join_all;

use crate::contender::storage;
use crate::crew::Crew;
use crate::fixture::{Act, Payload, fresh_prefix, now_us};
use crate::gauge::Gauge;

const CALLERS: usize = 16;
/// Jobs of a run: 8,000 due at once it cannot take any more.
const MOST_JOBS: usize = 6000;
/// Latencies sent: at tens of seconds each, a few tell enough.
const ROUNDS: usize = 3;

pub(crate) async fn measure(url: &str, jobs: usize) {
    let prefix = fresh_prefix();
    println!(
        "apalis-redis, enqueue one by one, {CALLERS} callers: {:8.0}/s",
        one_by_one(url, jobs / 20).await
    );
    println!("apalis-redis, enqueue in bulk of 500: {:8.0}/s", bulk(url, &prefix, jobs / 4).await);
    for concurrency in [1, 16, 64] {
        throughput(url, concurrency, MOST_JOBS).await;
    }
    latency(url).await;
}

fn payload(sent_us: u64) -> Payload {
    Payload { sent_us, act: Act::Nothing }
}

async fn one_by_one(url: &str, jobs: usize) -> f64 {
    let storage = storage::<Payload>(url, &fresh_prefix()).await;
    let began = Instant::now();
    join_all((0..CALLERS).map(|_| {
        let mut storage = storage.clone();
        tokio::spawn(async move {
            for _ in 0..jobs / CALLERS {
                storage.push(payload(0)).await.unwrap();
            }
        })
    }))
    .await;
    jobs as f64 / began.elapsed().as_secs_f64()
}

async fn bulk(url: &str, prefix: &str, jobs: usize) -> f64 {
    let mut storage = storage::<Payload>(url, prefix).await;
    let began = Instant::now();
    for _ in 0..jobs.div_ceil(500) {
        storage.push_bulk(vec![payload(0); 500]).await.unwrap();
    }
    jobs as f64 / began.elapsed().as_secs_f64()
}

async fn throughput(url: &str, concurrency: usize, jobs: usize) {
    let prefix = fresh_prefix();
    bulk(url, &prefix, jobs).await;
    let mut gauge = Gauge::new(url).await;
    let before = gauge.read().await;
    let crew = Crew::spawn("rival", url, &prefix, 1, concurrency);
    let (mut done, mut first) = (0, None);
    let began = Instant::now();
    while done < jobs as u64 && began.elapsed() < Duration::from_secs(60) {
        tokio::time::sleep(Duration::from_millis(20)).await;
        done = gauge.count(&Config::default().queue(&prefix).done_jobs_set()).await;
        if done > 0 {
            first.get_or_insert((done, Instant::now()));
        }
    }
    let (skipped, first) = first.unwrap_or((0, began));
    let (redis, worker) = (gauge.read().await - before, crew.cpu());
    println!(
        "apalis-redis, no-op jobs, batch {concurrency:3}: {:8.0}/s, CPU us a job: worker {:.1}, Redis {:.1}",
        (done - skipped) as f64 / first.elapsed().as_secs_f64(),
        worker * 1e6 / done as f64,
        redis.cpu * 1e6 / done as f64,
    );
}

async fn latency(url: &str) {
    let prefix = fresh_prefix();
    let mut storage = storage::<Payload>(url, &prefix).await;
    let crew = Crew::spawn("rival", url, &prefix, 1, 16);
    tokio::time::sleep(Duration::from_secs(1)).await;
    for _ in 0..ROUNDS {
        storage.push(payload(now_us())).await.unwrap();
        tokio::time::sleep(Duration::from_secs(31)).await;
    }
    let waits: Vec<String> = crew.dismiss().iter().map(|us| format!("{:.1}", *us as f64 / 1e3)).collect();
    println!("apalis-redis, idle enqueue to start, ms: {}", waits.join(", "));
}

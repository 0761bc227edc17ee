//! Jobs enqueued a second: one by one from sixteen callers at once, and in bulk.

use std::time::Instant;

use futures_util::future::join_all;
use queue::Retention;

use crate::fixture::{fresh, job, prefill};
use crate::gauge::Gauge;

const CALLERS: usize = 16;

pub(crate) async fn measure(url: &str, jobs: usize) {
    let mut gauge = Gauge::new(url).await;
    let before = gauge.read().await;
    let each = jobs / 2 / CALLERS;
    let single = one_by_one(url, each).await;
    let between = gauge.read().await;
    let took = prefill(&fresh(url).await, jobs, Retention::default()).await;
    let after = gauge.read().await;
    let (lone, bulk) = (between - before, after - between);
    let singles = (each * CALLERS) as f64;
    println!(
        "enqueue one by one, {CALLERS} callers: {single:8.0}/s, Redis CPU {:.1} us a job",
        lone.cpu * 1e6 / singles
    );
    println!(
        "enqueue in bulk of 500:        {:8.0}/s, Redis CPU {:.1} us, {:.0} bytes, {:.0} AOF bytes a job",
        jobs as f64 / took.as_secs_f64(),
        bulk.cpu * 1e6 / jobs as f64,
        bulk.bytes / jobs as f64,
        bulk.file / jobs as f64,
    );
}

/// Jobs a second of sixteen callers that each wait for every answer.
async fn one_by_one(url: &str, each: usize) -> f64 {
    let queues = fresh(url).await;
    let began = Instant::now();
    join_all((0..CALLERS).map(|_| {
        let queues = queues.clone();
        tokio::spawn(async move {
            for _ in 0..each {
                queues.enqueue(&[job(Retention::default(), 0)]).await.unwrap();
            }
        })
    }))
    .await;
    (each * CALLERS) as f64 / began.elapsed().as_secs_f64()
}

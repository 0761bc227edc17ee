//! From the enqueue in one process to the start of the handler in another that was idle.

use std::time::Duration;

use queue::Retention;

use crate::crew::Crew;
use crate::fixture::{fresh, job, now_us};

const ROUNDS: usize = 2000;

pub(crate) async fn measure(url: &str) {
    let queues = fresh(url).await;
    let crew = Crew::start(url, &queues, 1, 16).await;
    for _ in 0..ROUNDS {
        queues.enqueue(&[job(Retention::default(), now_us())]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(4)).await;
    }
    let mut waits = crew.dismiss();
    waits.sort_unstable();
    let at = |percent: usize| waits[(waits.len() - 1) * percent / 100] as f64 / 1000.0;
    println!("idle enqueue to start: p50 {:.3} ms, p99 {:.3} ms, max {:.3} ms", at(50), at(99), at(100));
}

//! From the enqueue in one process to the start of the handler in another that was idle; with what a `PING` and the enqueue
//! alone take from here to Redis and back, since the way leads over it one time and a half.

use std::time::{Duration, Instant};

use queue::Retention;

use crate::crew::Crew;
use crate::fixture::{fresh, job, now_us};

const ROUNDS: usize = 2000;

pub(crate) async fn measure(url: &str) {
    let queues = fresh(url).await;
    let mut link = redis::Client::open(url).unwrap().get_connection_manager().await.unwrap();
    let crew = Crew::start(url, &queues, 1, 16).await;
    let (mut enqueues, mut pings) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let began = Instant::now();
        queues.enqueue(&[job(Retention::default(), now_us())]).await.unwrap();
        enqueues.push(micros(began));
        tokio::time::sleep(Duration::from_millis(4)).await;
        let began = Instant::now();
        redis::cmd("PING").query_async::<String>(&mut link).await.unwrap();
        pings.push(micros(began));
    }
    show("idle enqueue to start", crew.dismiss());
    show("the enqueue itself", enqueues);
    show("a PING", pings);
}

fn micros(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_micros()).unwrap()
}

fn show(what: &str, mut times: Vec<u64>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100] as f64 / 1000.0;
    println!("{what}: p50 {:.3} ms, p99 {:.3} ms, max {:.3} ms", at(50), at(99), at(100));
}

//! Measures the queue on a Redis of its own (AOF everysec): no-op jobs a second, latency of an idle worker, enqueues
//! a second. Run it as a release build: `cargo run --release -p queue --example bench_queue`.
//! `REDIS_URL` measures another server; `JOBS` sets the number of jobs of each run.
#![expect(clippy::unwrap_used, reason = "a measuring program ends at the first error")]

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use apalis::prelude::{BoxDynError, Data, WorkerBuilder};
use futures_util::FutureExt;
use futures_util::future::join_all;
use queue::{
    Delivery, JobOptions, NewJob, Outcome, QueueShare, Queues, QueuesConfig, RedisBackend, Retention,
    WorkerOptions,
};

const QUEUE: &str = "bench";
const KIND: &str = "noop";

#[derive(Clone, Default)]
struct Meter {
    done: Arc<AtomicUsize>,
    started_us: Arc<AtomicU64>,
    waits_us: Arc<Mutex<Vec<u64>>>,
    epoch: Option<Instant>,
}

async fn noop(_: Delivery, meter: Data<Meter>) -> Result<Outcome, BoxDynError> {
    if let Some(epoch) = meter.epoch {
        let sent = meter.started_us.load(Ordering::SeqCst);
        let now = u64::try_from(epoch.elapsed().as_micros())?;
        meter.waits_us.lock().unwrap().push(now.saturating_sub(sent));
    }
    meter.done.fetch_add(1, Ordering::Relaxed);
    Ok(Outcome::Done(serde_json::Value::Null))
}

fn job(retention: Retention) -> NewJob {
    let mut options = JobOptions::on(QUEUE);
    options.retention = retention;
    NewJob::new(KIND, 1, &serde_json::json!({"camera": 7}), options).unwrap()
}

async fn fresh(url: &str) -> Queues {
    let prefix = format!("b{}", uuid::Uuid::now_v7().simple());
    Queues::connect(url, QueuesConfig { prefix, high_water: 10_000_000, ..QueuesConfig::default() })
        .await
        .unwrap()
}

/// Runs one worker until `jobs` jobs are acknowledged or, as a child process, until it is killed.
async fn work(queues: &Queues, concurrency: usize, meter: Meter, jobs: usize) -> Duration {
    let name = format!("bench-{}-{}", std::process::id(), uuid::Uuid::now_v7().simple());
    let mut options = WorkerOptions::new(&name, vec![QueueShare::new(QUEUE)], vec![(KIND.to_owned(), 1)]);
    options.concurrency = concurrency;
    let backend = RedisBackend::new(queues.clone(), options).unwrap();
    let control = backend.control();
    let worker = WorkerBuilder::new(name).backend(backend).data(meter.clone()).build(noop);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let run = worker.run_until(stopped.map(|_| Ok::<(), std::io::Error>(()))).boxed();
    let began = Instant::now();
    let running = tokio::spawn(run);
    while meter.done.load(Ordering::Relaxed) < jobs || control.status().running > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let took = began.elapsed();
    control.drain(Duration::from_secs(1)).await;
    drop(stop);
    running.await.unwrap().unwrap();
    took
}

/// Seconds of CPU that this process has used: fields 14 and 15 of its stat, in hundredths.
fn own_cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace().skip(11).take(2);
    fields.map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum()
}

/// Seconds of CPU that Redis has used.
async fn redis_cpu(url: &str) -> f64 {
    let client = redis::Client::open(url).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let info: String = redis::cmd("INFO").arg("cpu").query_async(&mut connection).await.unwrap();
    let used = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
    used("used_cpu_user:").unwrap() + used("used_cpu_sys:").unwrap()
}

async fn prefill(queues: &Queues, jobs: usize, retention: Retention) -> Duration {
    let batches: Vec<Vec<NewJob>> =
        (0..jobs.div_ceil(500)).map(|_| (0..500).map(|_| job(retention)).collect()).collect();
    let began = Instant::now();
    for batch in &batches {
        queues.enqueue(batch).await.unwrap();
    }
    began.elapsed()
}

#[expect(clippy::print_stdout, reason = "the figures are the output")]
async fn throughput(url: &str, jobs: usize) {
    for (label, retention) in [("kept", Retention::default()), ("counters only", Retention::CountersOnly)] {
        for concurrency in [1, 16, 64, 256] {
            let jobs = if concurrency == 1 { jobs / 10 } else { jobs };
            let queues = fresh(url).await;
            prefill(&queues, jobs, retention).await;
            let (own, server) = (own_cpu(), redis_cpu(url).await);
            let took = work(&queues, concurrency, Meter::default(), jobs).await;
            let per_job = |spent: f64| spent * 1e6 / jobs as f64;
            println!(
                "no-op jobs, {label:13} concurrency {concurrency:3}: {:8.0}/s, CPU a job: worker {:.1} us, Redis {:.1} us",
                jobs as f64 / took.as_secs_f64(),
                per_job(own_cpu() - own),
                per_job(redis_cpu(url).await - server),
            );
        }
    }
}

#[expect(clippy::print_stdout, reason = "the figures are the output")]
async fn latency(url: &str) {
    let queues = fresh(url).await;
    let meter = Meter { epoch: Some(Instant::now()), ..Meter::default() };
    let seen = meter.clone();
    let rounds = 2000;
    let worker = {
        let queues = queues.clone();
        tokio::spawn(async move { work(&queues, 16, meter, rounds).await })
    };
    tokio::time::sleep(Duration::from_millis(500)).await;
    let epoch = seen.epoch.unwrap();
    for round in 0..rounds {
        let jobs = [job(Retention::default())];
        seen.started_us.store(u64::try_from(epoch.elapsed().as_micros()).unwrap(), Ordering::SeqCst);
        queues.enqueue(&jobs).await.unwrap();
        while seen.done.load(Ordering::SeqCst) <= round {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    worker.await.unwrap();
    let mut waits = std::mem::take(&mut *seen.waits_us.lock().unwrap());
    waits.sort_unstable();
    let at = |percent: usize| waits[(waits.len() - 1) * percent / 100] as f64 / 1000.0;
    println!("idle enqueue to start: p50 {:.3} ms, p99 {:.3} ms, max {:.3} ms", at(50), at(99), at(100));
}

#[expect(clippy::print_stdout, reason = "the figures are the output")]
async fn enqueueing(url: &str, jobs: usize) {
    let queues = fresh(url).await;
    let callers = 16;
    let each = jobs / 4 / callers;
    let began = Instant::now();
    join_all((0..callers).map(|_| {
        let queues = queues.clone();
        tokio::spawn(async move {
            for _ in 0..each {
                queues.enqueue(&[job(Retention::default())]).await.unwrap();
            }
        })
    }))
    .await;
    println!(
        "enqueue one by one, {callers} callers: {:8.0}/s",
        (each * callers) as f64 / began.elapsed().as_secs_f64()
    );
    let queues = fresh(url).await;
    let took = prefill(&queues, jobs, Retention::default()).await;
    println!("enqueue in bulk of 500:       {:8.0}/s", jobs as f64 / took.as_secs_f64());
}

/// A private server; the shell's pipe ends with this process, and the server with it.
fn start_redis(directory: &str) -> (String, Child) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let command = format!(
        "redis-server --port {port} --bind 127.0.0.1 --save '' --appendonly yes --dir {directory} >/dev/null & \
         pid=$!; cat >/dev/null; kill -9 $pid"
    );
    let guard = Command::new("sh").args(["-c", &command]).stdin(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    (format!("redis://127.0.0.1:{port}"), guard)
}

#[tokio::main]
async fn main() {
    let directory = tempfile::tempdir().unwrap();
    let (url, _guard) = match std::env::var("REDIS_URL") {
        Ok(url) => (url, None),
        Err(_) => {
            let (url, guard) = start_redis(&directory.path().display().to_string());
            (url, Some(guard))
        }
    };
    let jobs = std::env::var("JOBS").ok().and_then(|n| n.parse().ok()).unwrap_or(200_000);
    latency(&url).await;
    enqueueing(&url, jobs).await;
    throughput(&url, jobs).await;
}

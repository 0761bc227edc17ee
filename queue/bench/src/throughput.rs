//! No-op jobs a second: a queue filled beforehand, worker processes that take it down, and what a job costs.

use std::time::{Duration, Instant};

use queue::{JobState, Queues, Retention};

use crate::crew::Crew;
use crate::fixture::{QUEUE, fresh, number_or, prefill};
use crate::gauge::{Gauge, Reading};

/// What one run cost.
pub(crate) struct Run {
    pub(crate) seconds: f64,
    pub(crate) worker_cpu: f64,
    pub(crate) redis: Reading,
}

pub(crate) async fn measure(url: &str, jobs: usize) {
    println!(
        "no-op jobs              proc  conc    jobs/s   CPU us a job: worker  Redis   calls  commands  bytes  AOF bytes"
    );
    let only = |name: &str, all: &[usize]| match number_or(name, 0) {
        0 => all.to_vec(),
        one => vec![one],
    };
    for (label, retention) in [("kept", Retention::default()), ("counters only", Retention::CountersOnly)] {
        for processes in only("PROCESSES", &[1, 2, 4]) {
            for concurrency in only("CONCURRENCY", &[1, 16, 64]) {
                let jobs = if concurrency == 1 { jobs / 8 } else { jobs };
                let queues = fresh(url).await;
                prefill(&queues, jobs, retention).await;
                let run = take_down(url, &queues, processes, concurrency, jobs).await;
                report(label, processes, concurrency, jobs, &run);
            }
        }
    }
}

/// Lets workers loose on a queue until `jobs` of its jobs are gone.
pub(crate) async fn take_down(
    url: &str,
    queues: &Queues,
    processes: usize,
    concurrency: usize,
    jobs: usize,
) -> Run {
    let waiting = outstanding(queues).await;
    queues.pause(QUEUE).await.unwrap();
    let crew = Crew::start(url, queues, processes, concurrency).await;
    let mut gauge = Gauge::new(url).await;
    let (worker_cpu, redis) = (crew.cpu(), gauge.read().await);
    queues.resume(QUEUE).await.unwrap();
    let began = Instant::now();
    while outstanding(queues).await + jobs as u64 > waiting {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let run = Run {
        seconds: began.elapsed().as_secs_f64(),
        worker_cpu: crew.cpu() - worker_cpu,
        redis: gauge.read().await - redis,
    };
    crew.dismiss();
    run
}

async fn outstanding(queues: &Queues) -> u64 {
    let stats = queues.queue_stats().await.unwrap();
    let depth = &stats.iter().find(|each| each.name == QUEUE).unwrap().depth;
    depth.of(JobState::Ready) + depth.of(JobState::Running)
}

fn report(label: &str, processes: usize, concurrency: usize, jobs: usize, run: &Run) {
    let each = |total: f64| total / jobs as f64;
    println!(
        "{label:22}  {processes:4}  {concurrency:4}  {:8.0}  {:20.1}  {:5.1}  {:6.3}  {:8.2}  {:5.0}  {:9.0}",
        jobs as f64 / run.seconds,
        each(run.worker_cpu * 1e6),
        each(run.redis.cpu * 1e6),
        each(run.redis.scripts),
        each(run.redis.commands),
        each(run.redis.bytes),
        each(run.redis.file),
    );
}

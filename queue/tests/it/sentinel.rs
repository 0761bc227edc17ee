//! A master that Sentinel watches is killed; its replica takes its place.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use queue::{JobId, JobState, NewJob, Outcome, Phase, Queues};
use serde_json::json;
use testkit::redis_servers::Sentinels;
use tokio::sync::Semaphore;

use crate::support::worker::{Handler, options};
use crate::support::{TestWorker, handler, job, queues_at, until, until_state};

type Runs = Arc<Mutex<HashMap<JobId, usize>>>;

/// Counts the runs of each job; those with the payload "held" wait at the gate.
fn counting(runs: &Runs, gate: &Arc<Semaphore>) -> Handler {
    let (runs, gate) = (Arc::clone(runs), Arc::clone(gate));
    handler(move |d| {
        *runs.lock().unwrap().entry(d.id).or_default() += 1;
        let gate = Arc::clone(&gate);
        async move {
            if d.payload.get() == "\"held\"" {
                gate.acquire().await?.forget();
            }
            Ok(Outcome::Done(json!(null)))
        }
    })
}

async fn enqueue_many(queues: &Queues, payload: &str, count: usize) -> Vec<NewJob> {
    let jobs: Vec<_> = (0..count).map(|_| job(payload, |_| {})).collect();
    queues.enqueue(&jobs).await.unwrap();
    jobs
}

#[tokio::test]
async fn replicated_jobs_run_once_and_handlers_go_on_when_the_master_and_a_sentinel_are_killed() {
    let mut servers = Sentinels::start();
    let queues = queues_at(&servers.url()).await;
    let (runs, gate): (Runs, _) = (Arc::default(), Arc::new(Semaphore::new(0)));
    let mut patient = options("w");
    patient.lease = Duration::from_secs(5);
    let worker = TestWorker::start_with(&queues, patient, counting(&runs, &gate));
    let finished = enqueue_many(&queues, "quick", 30).await;
    for job in &finished {
        until_state(&queues, job.id, JobState::Done).await;
    }
    let held = enqueue_many(&queues, "held", 4).await;
    until("all permits are taken", || async { worker.control.status().running == 4 }).await;
    let waiting = enqueue_many(&queues, "quick", 30).await;
    servers.replicate();

    servers.sentinels[0].kill();
    servers.servers[0].kill();
    until("the worker says so", || async { worker.control.status().phase == Phase::WaitingForRedis }).await;
    servers.wait_for_promotion();
    gate.add_permits(4);
    until("the worker serves", || async { worker.control.status().phase == Phase::Serving }).await;
    for job in held.iter().chain(&waiting) {
        assert_eq!(until_state(&queues, job.id, JobState::Done).await.losses, 0);
    }
    for job in enqueue_many(&queues, "quick", 5).await {
        until_state(&queues, job.id, JobState::Done).await;
    }
    let runs = runs.lock().unwrap();
    assert!(runs.len() == 69 && runs.values().all(|count| *count == 1), "{runs:?}");
}

//! A real Redis Cluster of three nodes: queues land on different ones, and a node may go away and come back.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use queue::{
    BatchId, BatchRef, CancelAnswer, ConcurrencyKey, JobFilter, JobId, JobState, NewJob, Outcome, Presence,
    QueueShare, Queues, WorkerOptions,
};
use serde_json::json;
use testkit::redis_servers::RedisCluster;
use tokio::sync::Semaphore;

use crate::support::worker::{Handler, options};
use crate::support::{TestWorker, config, enqueue, handler, job, queues_at, until, until_state, view};

/// For tests that break nothing.
static SHARED: LazyLock<RedisCluster> = LazyLock::new(RedisCluster::start);

/// A handle, and three queues that lie on the three nodes, in the order of the nodes.
async fn queues_of(cluster: &RedisCluster) -> (Queues, [String; 3]) {
    let queues = queues_at(&cluster.url()).await;
    let on_node = |node: usize| {
        let lies_there = |name: &String| cluster.owner_of(&format!("{{{}:{name}}}", queues.prefix())) == node;
        (0..).map(|n| format!("q{n}")).find(lies_there).unwrap()
    };
    let names = [0, 1, 2].map(on_node);
    (queues, names)
}

fn on(queue: &str, n: impl serde::Serialize) -> NewJob {
    job(n, |o| o.queue = queue.to_owned().into())
}

/// A worker of all three queues whose leases outlast the two seconds by which an outage may move the lease clock.
fn of_all(name: &str, queues: &[String]) -> WorkerOptions {
    let mut all = options(name);
    all.queues = queues.iter().map(QueueShare::new).collect();
    all.lease = Duration::from_secs(4);
    all.renew_every = Duration::from_millis(200);
    all.concurrency = 8;
    all
}

fn done() -> Handler {
    handler(|d| async move { Ok(Outcome::Done(json!(d.attempt))) })
}

/// A handler that counts the runs of each job.
fn counting(runs: &Arc<Mutex<HashMap<JobId, usize>>>) -> Handler {
    let runs = Arc::clone(runs);
    handler(move |d| {
        *runs.lock().unwrap().entry(d.id).or_default() += 1;
        async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(Outcome::Done(json!(null)))
        }
    })
}

#[tokio::test]
async fn jobs_of_queues_on_different_nodes_go_through_their_whole_life() {
    let (queues, names) = queues_of(&SHARED).await;
    let soon = Utc::now() + TimeDelta::milliseconds(300);
    let mut jobs = Vec::new();
    for name in &names {
        jobs.push(on(name, "plain"));
        jobs.push(on(name, "fails once"));
        jobs.push(job("fails", |o| (o.queue, o.max_attempts) = (name.clone().into(), 1)));
        jobs.push(job("later", |o| (o.queue, o.run_at) = (name.clone().into(), Some(soon))));
    }
    let answers = queues.enqueue(&jobs).await.unwrap();
    assert!(answers.iter().zip(&jobs).all(|(answer, job)| answer.id == job.id && !answer.duplicate));
    assert!(queues.enqueue(&jobs).await.unwrap().iter().all(|answer| answer.duplicate));
    let body = handler(|d| async move {
        match (d.payload.get(), d.attempt) {
            ("\"fails\"", _) | ("\"fails once\"", 1) => Err("no".into()),
            (_, attempt) => Ok(Outcome::Done(json!(attempt))),
        }
    });
    let _worker = TestWorker::start_with(&queues, of_all("w", &names), body);
    for part in jobs.chunks(4) {
        assert_eq!(until_state(&queues, part[0].id, JobState::Done).await.attempt, 1);
        assert_eq!(until_state(&queues, part[1].id, JobState::Done).await.attempt, 2);
        assert_eq!(until_state(&queues, part[2].id, JobState::Dead).await.error.as_deref(), Some("no"));
        assert!(until_state(&queues, part[3].id, JobState::Done).await.started_at.unwrap() >= soon);
    }
    lists_and_figures_agree(&queues, &names, &jobs).await;
}

/// What operators see of twelve ended jobs, four in each queue.
async fn lists_and_figures_agree(queues: &Queues, names: &[String], jobs: &[NewJob]) {
    let mut sorted = names.to_vec();
    sorted.sort();
    assert_eq!(queues.queue_names().await.unwrap(), sorted);
    let mut listed = Vec::new();
    for page in 1..=3 {
        let answer = queues.jobs(&JobFilter::default(), page, 5).await.unwrap();
        assert_eq!(answer.total, 12);
        listed.extend(answer.items.into_iter().map(|job| job.id));
    }
    assert!(listed.len() == 12 && jobs.iter().all(|job| listed.contains(&job.id)));
    let dead = JobFilter { state: Some(JobState::Dead), ..JobFilter::default() };
    assert_eq!(queues.jobs(&dead, 1, 10).await.unwrap().total, 3);
    for queue in queues.queue_stats().await.unwrap() {
        assert_eq!(
            (queue.depth.of(JobState::Done), queue.depth.of(JobState::Dead)),
            (3, 1),
            "{}",
            queue.name
        );
    }
    until("the worker is registered", || async {
        queues.workers().await.unwrap().iter().any(|worker| worker.queues.len() == 3)
    })
    .await;
    let asked: Vec<(String, JobId)> =
        jobs.iter().map(|job| (job.options.queue.to_string(), job.id)).collect();
    let known = queues.finished_states(&asked).await.unwrap();
    assert!(known.iter().all(|known| matches!(known, Presence::Terminal(_))));
    queues.confirm_finished(&asked).await.unwrap();
}

#[tokio::test]
async fn calls_made_at_once_on_a_fresh_handle_wait_for_the_map_of_slots() {
    for _ in 0..5 {
        let queues = Queues::lazy(&SHARED.url(), config()).unwrap();
        let calls = (0..30).map(|n| {
            let (queues, job) = (queues.clone(), on(&format!("q{}", n % 7), n));
            async move { queues.enqueue(&[job]).await.map(drop) }
        });
        futures_util::future::try_join_all(calls).await.unwrap();
    }
}

#[tokio::test]
async fn priorities_and_the_limit_of_a_key_hold_on_every_node() {
    let (queues, names) = queues_of(&SHARED).await;
    let mut jobs = Vec::new();
    for name in &names {
        let keyed = |n: u32, priority: u8| {
            job(n, |o| {
                o.queue = name.clone().into();
                o.priority = priority;
                o.concurrency_key = Some(ConcurrencyKey { key: "k".to_owned(), limit: 1 });
            })
        };
        // The first one takes the key's slot; the others stand in line.
        jobs.extend([(0, 5), (3, 1), (1, 9), (2, 5)].map(|(n, priority)| keyed(n, priority)));
    }
    for job in &jobs {
        enqueue(&queues, job.clone()).await;
    }
    let order: Arc<Mutex<HashMap<String, Vec<String>>>> = Arc::default();
    let written = Arc::clone(&order);
    let body = handler(move |d| {
        let written = Arc::clone(&written);
        async move {
            let write = |word: &str| {
                let line = format!("{word} {}", d.payload.get());
                written.lock().unwrap().entry(d.queue.to_string()).or_default().push(line);
            };
            write("begin");
            tokio::time::sleep(Duration::from_millis(10)).await;
            write("end");
            Ok(Outcome::Done(json!(null)))
        }
    });
    let _workers =
        ["a", "b"].map(|name| TestWorker::start_with(&queues, of_all(name, &names), Arc::clone(&body)));
    for job in &jobs {
        until_state(&queues, job.id, JobState::Done).await;
    }
    let expected: Vec<String> = (0..4).flat_map(|n| [format!("begin {n}"), format!("end {n}")]).collect();
    for name in &names {
        assert_eq!(order.lock().unwrap()[name], expected, "{name}");
    }
}

#[tokio::test]
async fn a_job_is_cancelled_retried_and_paused_whichever_node_holds_it() {
    let (queues, names) = queues_of(&SHARED).await;
    let body = handler(|d| async move {
        if d.payload.get() == "\"long\"" {
            std::future::pending::<()>().await;
        }
        Ok(Outcome::Done(json!(null)))
    });
    let _worker = TestWorker::start_with(&queues, of_all("w", &names), body);
    for name in &names {
        let running = enqueue(&queues, on(name, "long")).await;
        until_state(&queues, running, JobState::Running).await;
        assert_eq!(queues.cancel(running).await.unwrap(), CancelAnswer::Requested);
        until_state(&queues, running, JobState::Cancelled).await;
        queues.pause(name).await.unwrap();
        let waiting = enqueue(&queues, on(name, "short")).await;
        assert_eq!(queues.cancel(waiting).await.unwrap(), CancelAnswer::Cancelled);
        assert_eq!(queues.retry(waiting).await.unwrap(), queue::RetryAnswer::Queued);
        queues.resume(name).await.unwrap();
        until_state(&queues, waiting, JobState::Done).await;
    }
}

#[tokio::test]
async fn a_batch_completes_on_every_node() {
    let (queues, names) = queues_of(&SHARED).await;
    let _worker = TestWorker::start_with(&queues, of_all("w", &names), done());
    for name in &names {
        let batch = BatchId::new();
        queues.open_batch(batch, &on(name, "completion")).await.unwrap();
        let member = |n: u32| job(n, |o| (o.queue, o.batch) = (name.clone().into(), Some(BatchRef(batch))));
        queues.enqueue(&[member(1), member(2), member(3)]).await.unwrap();
        queues.seal_batch(name, batch).await.unwrap();
        until_state(&queues, batch.completion(), JobState::Done).await;
        assert_eq!(queues.batch(name, batch).await.unwrap().done, 3);
    }
}

#[tokio::test]
async fn a_node_that_restarts_during_work_costs_no_job_and_runs_none_twice() {
    let mut cluster = RedisCluster::start();
    let (queues, names) = queues_of(&cluster).await;
    let runs = Arc::default();
    let worker = TestWorker::start_with(&queues, of_all("w", &names), counting(&runs));
    let jobs: Vec<_> = (0..450).map(|n| on(&names[n % 3], n)).collect();
    queues.enqueue(&jobs).await.unwrap();
    until("some ran", || async { runs.lock().unwrap().len() > 60 }).await;
    cluster.nodes[1].kill();
    let lost_node = || async { queues.enqueue(&[on(&names[1], "x")]).await.is_err() };
    until("the cluster is down", lost_node).await;
    assert!(runs.lock().unwrap().len() < 450, "too late: everything ran before the node went");
    tokio::time::sleep(Duration::from_secs(1)).await;
    cluster.nodes[1].resume();
    for job in &jobs {
        until_state_again(&queues, job.id).await;
    }
    assert!(runs.lock().unwrap().values().all(|count| *count == 1));
    until("the worker serves", || async { worker.control.status().phase == queue::Phase::Serving }).await;
}

/// Done, asked of a cluster that may not answer yet.
async fn until_state_again(queues: &Queues, id: JobId) {
    let is_done = |job: Option<queue::JobView>| job.is_some_and(|job| job.state == JobState::Done);
    until("the job is done", || async { queues.job(id).await.is_ok_and(is_done) }).await;
}

#[tokio::test]
async fn running_handlers_and_waiting_jobs_survive_the_fail_over_of_their_master() {
    let mut cluster = RedisCluster::start();
    let replica = cluster.add_replica(2);
    let (queues, names) = queues_of(&cluster).await;
    let gate = Arc::new(Semaphore::new(0));
    let (runs, held) = (Arc::new(Mutex::new(HashMap::<JobId, usize>::new())), Arc::clone(&gate));
    let counted = Arc::clone(&runs);
    let body = handler(move |d| {
        *counted.lock().unwrap().entry(d.id).or_default() += 1;
        let held = Arc::clone(&held);
        async move {
            held.acquire().await?.forget();
            Ok(Outcome::Done(json!(null)))
        }
    });
    let _worker = TestWorker::start_with(&queues, of_all("w", &names[2..]), body);
    let jobs: Vec<_> = (0..30).map(|n| on(&names[2], n)).collect();
    queues.enqueue(&jobs).await.unwrap();
    until("eight run", || async { runs.lock().unwrap().len() == 8 }).await;
    cluster.fail_over_to(replica);
    // Longer than a lease: what runs has been renewed at the new master.
    tokio::time::sleep(Duration::from_millis(4500)).await;
    assert_eq!(runs.lock().unwrap().len(), 8, "a lease was lost");
    gate.add_permits(100);
    for job in &jobs {
        until_state_again(&queues, job.id).await;
    }
    assert!(runs.lock().unwrap().values().all(|count| *count == 1));
    assert_eq!(view(&queues, jobs[0].id).await.losses, 0);
    // A new handle learns the new master, and the server's fitness is that of all masters.
    Queues::connect(&cluster.url(), config()).await.unwrap();
}

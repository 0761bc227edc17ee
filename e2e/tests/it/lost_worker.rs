//! A worker that goes, suddenly or as it was asked to.

use std::time::Duration;

use chrono::{DateTime, Utc};
use e2e::{Client, Program, Stage, cameras, effects};
use serde_json::Value;
use testkit::eventually;

/// Time that the recogniser takes: long enough that a worker is hit in the middle of its jobs.
const WORK: Duration = Duration::from_millis(1_500);

/// From the loss of a worker to the start of its jobs on another one.
const TAKEOVER: Duration = Duration::from_secs(12);

/// The jobs that a worker runs, once there are `count` of them.
async fn running_on(client: &Client, worker: &Program, count: usize) -> Vec<Value> {
    eventually(Duration::from_secs(15), "the worker runs jobs", async || {
        let mut jobs = client.jobs("status=running").await;
        jobs.retain(|job| worker.made(last_attempt(job)));
        (jobs.len() >= count).then_some(jobs)
    })
    .await
}

fn last_attempt(job: &Value) -> &Value {
    job["attempts"].as_array().unwrap().last().unwrap()
}

fn attempts(job: &Value) -> usize {
    job["attempts"].as_array().unwrap().len()
}

fn started(attempt: &Value) -> DateTime<Utc> {
    attempt["startedAt"].as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_in_the_middle_of_its_jobs_loses_none_and_doubles_none() {
    let stage = Stage::set(effects::one_face_after(WORK)).await;
    let admin = stage.administrator().await;
    let cameras = admin.cameras(12, &cameras::picture()).await;
    let (mut victim, survivor) = (stage.worker_of(8).await, stage.worker_of(8).await);

    let jobs = admin.send_frames(18, &cameras).await;
    running_on(&admin, &victim, 3).await;
    victim.process.kill();
    let killed_at = Utc::now();

    let ended = admin.all_done(&jobs, TAKEOVER + 2 * WORK + Duration::from_secs(5)).await;
    let interrupted: Vec<_> =
        ended.iter().filter(|job| victim.made(&job["attempts"][0]) && attempts(job) > 1).collect();
    assert!(!interrupted.is_empty(), "the kill hit somebody");
    for job in interrupted {
        assert_eq!(job["attempts"][0]["error"], "the worker was lost", "{job}");
        assert!(survivor.made(last_attempt(job)), "{job}");
        assert!(started(last_attempt(job)) < killed_at + TAKEOVER, "killed at {killed_at}: {job}");
    }
    effects::are_there_once(&stage, &jobs).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_asked_to_stop_finishes_what_it_runs_and_leaves_the_rest_to_others() {
    let stage = Stage::set(effects::one_face_after(WORK)).await;
    let admin = stage.administrator().await;
    let cameras = admin.cameras(5, &cameras::picture()).await;
    let mut first = stage.worker_of(4).await;

    let jobs = admin.send_frames(5, &cameras).await;
    let running = running_on(&admin, &first, 3).await;
    assert_eq!(first.process.terminate().await.code(), Some(0), "it has drained");
    for job in running {
        let job = admin.get(&format!("/jobs/{}", job["id"].as_str().unwrap())).await;
        assert_eq!((&job["status"], first.made(last_attempt(&job))), (&"done".into(), true), "{job}");
    }

    let second = stage.worker_of(4).await;
    let ended = admin.all_done(&jobs, Duration::from_secs(15)).await;
    assert!(ended.iter().all(|job| attempts(job) == 1), "none was begun twice");
    assert_eq!(ended.iter().filter(|job| second.made(last_attempt(job))).count(), 2);
    effects::are_there_once(&stage, &jobs).await;
}

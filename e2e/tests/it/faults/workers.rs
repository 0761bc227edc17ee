//! Workers that are killed, stopped, frozen, or killed by what they work on.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use e2e::load::Load;
use e2e::mark::LeaveMark;
use e2e::servers::Servers;
use jobs::Job as _;
use queue::JobState;
use testkit::eventually;

const WORK: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread")]
async fn the_jobs_of_a_killed_worker_all_start_again_within_its_lease_and_two_seconds() {
    let mut load = Load::on(Servers::shared().await).await;
    let (mut victim, _others) = (load.worker().await, [load.worker().await, load.worker().await]);
    let _scheduler = load.scheduler().await;
    load.fill(WORK).await;
    load.until_marked(load.size.jobs / 5).await;

    victim.process.freeze();
    let held = load.held_by(&victim).await;
    victim.process.kill();
    let (began, killed_at) = (Instant::now(), Utc::now());
    assert!(held.len() > 3, "the kill hits jobs: {}", held.len());

    load.all_marked_once("worker killed", began).await;
    let limit = TimeDelta::from_std(load.size.lease + Duration::from_secs(2)).unwrap();
    let mut latest = killed_at;
    for before in held {
        let after = load.job(before.id).await;
        assert_eq!(after.losses, 1, "{after:?}");
        let started = after.started_at.unwrap();
        assert!(started - killed_at < limit, "killed at {killed_at}: {after:?}");
        latest = latest.max(started);
    }
    println!(
        "worker killed: the last of its jobs started again {} ms later",
        (latest - killed_at).num_milliseconds()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_asked_to_stop_under_load_ends_with_0_and_costs_no_job_an_attempt() {
    let mut load = Load::on(Servers::shared().await).await;
    let (mut leaving, _other) = (load.worker().await, load.worker().await);
    let _scheduler = load.scheduler().await;
    load.fill(WORK).await;
    load.until_marked(load.size.jobs / 5).await;

    let began = Instant::now();
    assert_eq!(leaving.process.terminate().await.code(), Some(0));
    let drained = began.elapsed();
    assert!(drained < Duration::from_secs(30), "{drained:?}");
    println!("worker asked to stop: gone after {drained:.1?}");

    load.all_marked_once("worker asked to stop", began).await;
    for id in &load.jobs {
        let job = load.job(*id).await;
        assert_eq!((job.attempt, job.losses), (1, 0), "{job:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stood_still_for_longer_than_its_lease_doubles_nothing_when_it_goes_on() {
    let mut load = Load::on(Servers::shared().await).await;
    let (frozen, _other) = (load.worker().await, load.worker().await);
    let _scheduler = load.scheduler().await;
    load.fill(WORK).await;
    load.until_marked(load.size.jobs / 5).await;

    let began = Instant::now();
    frozen.process.freeze();
    let held = load.held_by(&frozen).await;
    assert!(held.len() > 3, "the fault hits jobs: {}", held.len());
    eventually(load.size.lease * 4, "its jobs were given to the other", async || {
        let mut lost = 0;
        for job in &held {
            lost += usize::from(load.job(job.id).await.losses > 0);
        }
        (lost == held.len()).then_some(())
    })
    .await;
    frozen.process.thaw();
    load.all_marked_once("worker frozen and thawed", began).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_kills_its_workers_ends_dead_and_runs_alone_before_it_can_spend_its_neighbours_losses() {
    let mut load = Load::on(Servers::shared().await).await;
    let mut workers = vec![load.worker().await, load.worker().await];
    let _scheduler = load.scheduler().await;
    load.fill(WORK).await;
    let poison = load.accept_poison().await;

    let began = Instant::now();
    let mut killed = 0;
    let dead = loop {
        let job = load.job(poison).await;
        if job.state == JobState::Dead {
            break job;
        }
        assert!(began.elapsed() < load.size.lease * 6 + Duration::from_secs(60), "{job:?}");
        // What a supervisor does.
        for worker in &mut workers {
            if !worker.process.is_running() {
                killed += 1;
                *worker = load.worker().await;
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(dead.losses, LeaveMark::MAX_ATTEMPTS, "as many as it has attempts, three at least: {dead:?}");
    assert!(
        dead.attempts.iter().all(|attempt| attempt.error.as_deref() == Some("the worker was lost")),
        "{dead:?}"
    );
    println!("poison: dead after {killed} workers, {:.1?}", began.elapsed());
    load.all_marked_once("poison", began).await;
    for id in &load.jobs {
        let neighbour = load.job(*id).await;
        assert!(neighbour.losses <= 2, "{neighbour:?}");
    }
}

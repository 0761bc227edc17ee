//! No call touches more jobs than it may, however many there are to touch: Redis does nothing else meanwhile.

use chrono::DateTime;

use super::hands::{KINDS, LEASE, QUEUE, Stage};
use crate::{JobOptions, JobState, NewJob};

async fn enqueue(stage: &Stage, count: usize, change: impl Fn(&mut JobOptions)) {
    let job = |_| {
        let mut options = JobOptions::on(QUEUE);
        change(&mut options);
        NewJob::new(KINDS[0], 1, &(), options).unwrap()
    };
    stage.queues.enqueue(&(0..count).map(job).collect::<Vec<_>>()).await.unwrap();
}

async fn in_state(stage: &Stage, state: JobState) -> u64 {
    stage.queues.queue_stats().await.unwrap()[0].depth.of(state)
}

#[tokio::test]
async fn a_fetch_promotes_at_most_two_hundred_due_jobs_and_the_next_goes_on() {
    let mut stage = Stage::set().await;
    let soon = DateTime::from_timestamp_millis(stage.now + 1_000);
    enqueue(&stage, 450, |o| o.run_at = soon).await;
    stage.step_clock(1_000);
    for left in [250, 50, 0] {
        stage.fetch("w", 1, false).await;
        assert_eq!(in_state(&stage, JobState::Scheduled).await, left);
    }
}

#[tokio::test]
async fn a_fetch_returns_at_most_a_hundred_jobs_of_lost_workers_and_the_next_goes_on() {
    let mut stage = Stage::set().await;
    enqueue(&stage, 250, |_| {}).await;
    assert_eq!(stage.fetch("lost", 250, false).await.runs.len(), 250);
    // Leases run out while nothing is taken, so that the running ones can be counted.
    stage.queues.pause(QUEUE).await.unwrap();
    for _ in 0..LEASE / 1_500 - 1 {
        stage.step_clock(1_500);
        stage.fetch("w", 1, false).await;
    }
    stage.step_clock(1_500);
    for left in [150, 50, 0] {
        stage.fetch("w", 1, false).await;
        assert_eq!(in_state(&stage, JobState::Running).await, left);
    }
}

#[tokio::test]
async fn a_fetch_drops_at_most_five_hundred_expired_jobs_and_the_next_goes_on() {
    let mut stage = Stage::set().await;
    let soon = DateTime::from_timestamp_millis(stage.now + 1_000);
    enqueue(&stage, 1_200, |o| o.expires_at = soon).await;
    stage.step_clock(1_000);
    for dropped in [500, 1_000, 1_198] {
        assert!(stage.fetch("w", 1, false).await.runs.is_empty(), "none of them is run instead");
        // One more is found out when it is about to be taken.
        let expired = in_state(&stage, JobState::Expired).await;
        assert!((dropped..=dropped + 3).contains(&expired), "{expired}");
    }
}

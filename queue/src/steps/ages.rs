//! What only time brings about: ageing, windows, retention, and the clocks. Minutes and months pass here in no time.

use std::time::Duration;

use super::hands::{Ending, KINDS, LEASE, QUEUE, Run, Stage};
use crate::{JobId, JobOptions, JobState, NewJob, RateLimit, Unique, Window};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;

fn job(change: impl FnOnce(&mut JobOptions)) -> NewJob {
    let mut options = JobOptions::on(QUEUE);
    change(&mut options);
    NewJob::new(KINDS[0], 1, &(), options).unwrap()
}

impl Stage {
    async fn enqueue(&self, change: impl FnOnce(&mut JobOptions)) -> JobId {
        self.queues.enqueue(&[job(change)]).await.unwrap()[0].id
    }

    async fn take(&mut self, want: usize) -> Vec<Run> {
        self.fetch("worker", want, false).await.runs
    }

    async fn take_ids(&mut self, want: usize) -> Vec<JobId> {
        self.take(want).await.into_iter().map(|run| run.id).collect()
    }

    /// Has one new job end so.
    async fn end_one(&mut self, ending: Ending) -> JobId {
        let id = self.enqueue(|_| {}).await;
        let run = self.take(1).await[0];
        assert_eq!((run.id, self.acknowledge(&[run], KINDS[0], ending).await), (id, vec![1]));
        id
    }

    async fn knows(&self, id: JobId) -> bool {
        self.queues.job(id).await.unwrap().is_some()
    }
}

#[tokio::test]
async fn a_waiting_job_gains_one_step_of_priority_a_minute() {
    let mut stage = Stage::set().await;
    let old = stage.enqueue(|o| o.priority = 5).await;
    stage.step_clock(MINUTE - 1);
    let higher = stage.enqueue(|o| o.priority = 6).await;
    stage.step_clock(2);
    let late = stage.enqueue(|o| o.priority = 6).await;
    assert_eq!(stage.take_ids(3).await, [higher, old, late]);
}

#[tokio::test]
async fn a_job_of_the_lowest_priority_is_not_starved_by_a_stream_of_the_highest() {
    let mut stage = Stage::set().await;
    let low = stage.enqueue(|o| o.priority = 0).await;
    for _ in 0..9 {
        stage.enqueue(|o| o.priority = 9).await;
        let run = stage.take(1).await[0];
        assert_ne!(run.id, low);
        stage.acknowledge(&[run], KINDS[0], Ending::of('d', 0)).await;
        stage.step_clock(MINUTE);
    }
    stage.step_clock(1);
    stage.enqueue(|o| o.priority = 9).await;
    assert_eq!(stage.take_ids(1).await, [low], "after nine minutes");
}

#[tokio::test]
async fn a_done_job_is_kept_for_its_period() {
    let mut stage = Stage::set().await;
    let id = stage.end_one(Ending::of('d', 0)).await;
    stage.step_clock(DAY - SECOND);
    stage.end_one(Ending::of('d', 0)).await;
    assert!(stage.knows(id).await, "a second before its time");
    stage.step_clock(2 * SECOND);
    stage.end_one(Ending::of('d', 0)).await;
    assert!(!stage.knows(id).await, "a second after it");
}

#[tokio::test]
async fn a_dead_job_is_kept_for_thirty_days() {
    let mut stage = Stage::set().await;
    let id = stage.end_one(Ending::of('x', 0)).await;
    stage.step_clock(30 * DAY - SECOND);
    stage.end_one(Ending::of('x', 0)).await;
    assert!(stage.knows(id).await, "a second before its time");
    stage.step_clock(2 * SECOND);
    stage.end_one(Ending::of('x', 0)).await;
    assert!(!stage.knows(id).await, "a second after it");
}

#[tokio::test]
async fn ten_thousand_dead_jobs_of_a_kind_are_kept_and_the_oldest_goes_first() {
    const MORE: usize = 500;
    let mut stage = Stage::set().await;
    let jobs: Vec<_> = (0..10_000 + MORE).map(|_| job(|_| {})).collect();
    for some in jobs.chunks(MORE) {
        stage.queues.enqueue(some).await.unwrap();
        let runs = stage.take(MORE).await;
        assert_eq!(runs.len(), MORE);
        stage.acknowledge(&runs, KINDS[0], Ending::of('x', 0)).await;
        stage.step_clock(1);
    }
    assert_eq!(stage.queues.queue_stats().await.unwrap()[0].depth.of(JobState::Dead), 10_000);
    assert!(!stage.knows(jobs[0].id).await && !stage.knows(jobs[MORE - 1].id).await);
    assert!(stage.knows(jobs[MORE].id).await && stage.knows(jobs[10_000].id).await);
}

#[tokio::test]
async fn no_step_of_the_wall_clock_expires_a_lease() {
    let mut stage = Stage::set().await;
    stage.enqueue(|_| {}).await;
    let run = stage.take(1).await[0];
    for step in [3_650 * DAY, -3_650 * DAY, DAY, -2 * DAY] {
        stage.step_clock(step);
        assert!(stage.take(1).await.is_empty(), "{step}");
        assert!(stage.renew(&[run]).await.is_empty(), "{step}");
    }
    assert_eq!(stage.acknowledge(&[run], KINDS[0], Ending::of('d', 0)).await, [1]);
}

#[tokio::test]
async fn a_lease_runs_out_in_time_that_was_seen_to_pass_and_a_renewal_begins_it_anew() {
    let mut stage = Stage::set().await;
    let id = stage.enqueue(|_| {}).await;
    let run = stage.take(1).await[0];
    let mut pass = LEASE - SECOND;
    while pass > 0 {
        stage.step_clock(SECOND);
        assert!(stage.take(1).await.is_empty());
        pass -= SECOND;
    }
    assert!(stage.renew(&[run]).await.is_empty());
    for _ in 0..LEASE / SECOND - 1 {
        stage.step_clock(SECOND);
        assert!(stage.take(1).await.is_empty());
    }
    stage.step_clock(SECOND);
    assert_eq!(stage.take_ids(1).await, [id], "a lease after the renewal");
    assert_eq!(stage.renew(&[run]).await, [(id, 'l')]);
}

#[tokio::test]
async fn a_rate_limit_of_a_key_opens_again_when_its_oldest_start_is_a_period_ago() {
    let mut stage = Stage::set().await;
    let rate = RateLimit { key: "mail".to_owned(), limit: 2, period: Duration::from_secs(60) };
    for _ in 0..5 {
        stage.enqueue(|o| o.rate = Some(rate.clone())).await;
    }
    let runs = stage.take(5).await;
    assert_eq!(stage.acknowledge(&runs, KINDS[0], Ending::of('d', 0)).await, [1, 1]);
    stage.step_clock(MINUTE - SECOND);
    assert_eq!(stage.take(5).await.len(), 0);
    stage.step_clock(SECOND + 1);
    assert_eq!(stage.take(5).await.len(), 2, "a minute later");
    let waiting = stage.queues.queue_stats().await.unwrap()[0].depth.of(JobState::Ready);
    assert_eq!(waiting, 1, "what waits for its rate is ready, and spends no attempt");
}

#[tokio::test]
async fn a_unique_window_of_a_duration_counts_from_the_enqueue_whatever_becomes_of_its_owner() {
    let mut stage = Stage::set().await;
    let unique = Unique { key: "report".to_owned(), window: Window::For(Duration::from_secs(60)) };
    let owner = stage.enqueue(|o| o.unique = Some(unique.clone())).await;
    let run = stage.take(1).await[0];
    assert_eq!(stage.acknowledge(&[run], KINDS[0], Ending::of('d', 0)).await, [1]);
    stage.step_clock(MINUTE - SECOND);
    assert_eq!(stage.enqueue(|o| o.unique = Some(unique.clone())).await, owner);
    stage.step_clock(2 * SECOND);
    assert_ne!(stage.enqueue(|o| o.unique = Some(unique.clone())).await, owner);
}

#[tokio::test]
async fn a_job_that_expired_while_it_waited_is_dropped_unrun_and_one_that_runs_is_not() {
    let mut stage = Stage::set().await;
    let life = chrono::DateTime::from_timestamp_millis(stage.now + MINUTE);
    let runs_already = stage.enqueue(|o| o.expires_at = life).await;
    let run = stage.take(1).await[0];
    let waits = stage.enqueue(|o| o.expires_at = life).await;
    stage.step_clock(MINUTE);
    assert!(stage.take(5).await.is_empty());
    assert_eq!(stage.queues.job(waits).await.unwrap().unwrap().state, JobState::Expired);
    assert_eq!(stage.queues.job(runs_already).await.unwrap().unwrap().state, JobState::Running);
    assert_eq!(stage.acknowledge(&[run], KINDS[0], Ending::of('d', 0)).await, [1]);
}

//! Random walks: whatever happens in whatever order, Redis holds what the model says. A walk that fails is shrunk to the
//! shortest one that still does.

use std::time::Duration;

use chrono::DateTime;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use super::audit;
use super::hands::{Ending, KINDS, QUEUE, Run, Stage};
use super::job::{LIMITS, Spec};
use super::model::Model;
use crate::{CancelAnswer, ConcurrencyKey, JobId, JobOptions, JobState, NewJob, RetryAnswer, Unique, Window};

const WORKERS: [&str; 3] = ["first", "second", "third"];

#[derive(Debug, Clone)]
enum Step {
    Enqueue(Spec),
    EnqueueAgain(usize),
    Fetch {
        worker: usize,
        want: usize,
    },
    End {
        worker: usize,
        which: usize,
        op: char,
        delay: i64,
    },
    /// An acknowledgement of a run that ended, or that its worker lost.
    EndLate {
        which: usize,
        op: char,
    },
    Renew(usize),
    /// The worker is gone with all that it runs: nobody renews, nobody acknowledges.
    Crash(usize),
    Cancel(usize),
    Retry(usize),
    Pause,
    Resume,
    /// Time passes, or the clock is set.
    Clock(i64),
}

fn spec() -> impl Strategy<Value = Spec> {
    let times =
        || proptest::option::weighted(0.25, prop_oneof![Just(1), Just(400), Just(3_000), Just(60_000)]);
    let key = proptest::option::weighted(0.6, 0..LIMITS.len());
    (0..KINDS.len(), 0..10_u8, key, proptest::option::weighted(0.3, 0..2_usize), times(), times(), 1..5_u32)
        .prop_map(|(kind, priority, key, unique, delay, life, max_attempts)| Spec {
            kind,
            priority,
            key,
            unique,
            delay,
            life,
            max_attempts,
        })
}

fn op() -> impl Strategy<Value = char> {
    prop_oneof![4 => Just('d'), 3 => Just('t'), 1 => Just('x'), 2 => Just('z'), 1 => Just('h')]
}

fn step() -> impl Strategy<Value = Step> {
    let worker = || 0..WORKERS.len();
    let delay = prop_oneof![Just(0), Just(5), Just(700), Just(30_000)];
    let passes = prop_oneof![Just(1), Just(100), Just(1_900), Just(2_000), Just(11_000), Just(-5_000)];
    prop_oneof![
        8 => spec().prop_map(Step::Enqueue),
        1 => any::<usize>().prop_map(Step::EnqueueAgain),
        8 => (worker(), 1..5_usize).prop_map(|(worker, want)| Step::Fetch { worker, want }),
        8 => (worker(), any::<usize>(), op(), delay)
            .prop_map(|(worker, which, op, delay)| Step::End { worker, which, op, delay }),
        2 => (any::<usize>(), op()).prop_map(|(which, op)| Step::EndLate { which, op }),
        2 => worker().prop_map(Step::Renew),
        2 => worker().prop_map(Step::Crash),
        2 => any::<usize>().prop_map(Step::Cancel),
        1 => any::<usize>().prop_map(Step::Retry),
        1 => Just(Step::Pause),
        2 => Just(Step::Resume),
        6 => passes.prop_map(Step::Clock),
        1 => prop_oneof![Just(3_600_000), Just(-3_600_000)].prop_map(Step::Clock),
    ]
}

/// A walk under way.
struct Walk<'a> {
    stage: &'a mut Stage,
    model: Model,
    /// What each worker runs, or believes to run.
    hands: [Vec<Run>; 3],
    /// Runs that are no worker's any more.
    past: Vec<Run>,
}

impl Walk<'_> {
    async fn step(&mut self, step: &Step) {
        match step {
            Step::Enqueue(spec) => self.enqueue(spec).await,
            Step::EnqueueAgain(n) => self.enqueue_again(*n).await,
            Step::Fetch { worker, want } => self.fetch(*worker, *want).await,
            Step::End { worker, which, op, delay } => self.end(*worker, *which, *op, *delay).await,
            Step::EndLate { which, op } => {
                if let Some(run) = self.past.get(which % self.past.len().max(1)).copied() {
                    self.acknowledge(run, *op, 50).await;
                }
            }
            Step::Renew(worker) => self.renew(*worker).await,
            Step::Crash(worker) => self.past.append(&mut self.hands[*worker]),
            Step::Cancel(n) => self.cancel(*n).await,
            Step::Retry(n) => self.retry(*n).await,
            Step::Pause => {
                self.stage.queues.pause(QUEUE).await.unwrap();
                self.model.paused = true;
            }
            Step::Resume => {
                self.stage.queues.resume(QUEUE).await.unwrap();
                self.model.paused = false;
            }
            Step::Clock(ms) => {
                self.stage.step_clock(*ms);
                self.model.step_clock(*ms);
            }
        }
    }

    async fn enqueue(&mut self, spec: &Spec) {
        // In order, as version 7 makes them, but the same ones each time that a walk is repeated.
        let id = Uuid::from_u128(self.model.jobs.len() as u128 + 1);
        let answer = self.stage.queues.enqueue(&[job(id, spec, self.stage.now)]).await.unwrap()[0];
        let owner = self.model.enqueue(id, spec.clone());
        assert_eq!((answer.id, answer.duplicate), (owner, owner != id));
    }

    async fn enqueue_again(&mut self, n: usize) {
        let Some(id) = self.model.pick(n) else { return };
        let spec = self.model.job(id).spec.clone();
        let answer = self.stage.queues.enqueue(&[job(id, &spec, self.stage.now)]).await.unwrap()[0];
        assert_eq!((answer.id, answer.duplicate), (id, true));
    }

    async fn fetch(&mut self, worker: usize, want: usize) {
        let (name, idle) = (WORKERS[worker], self.hands[worker].is_empty());
        let haul = self.stage.fetch(name, want, idle).await;
        let (alone, taken) = self.model.fetch(name, want, idle);
        assert_eq!((haul.alone, haul.runs.iter().map(|run| run.id).collect::<Vec<_>>()), (alone, taken));
        for run in haul.runs {
            self.model.fence(run.id, run.fence);
            assert_eq!(run.attempt, self.model.job(run.id).attempt);
            self.hands[worker].push(run);
        }
    }

    async fn end(&mut self, worker: usize, which: usize, op: char, delay: i64) {
        let held = self.hands[worker].len();
        if held == 0 {
            return;
        }
        let run = self.hands[worker].remove(which % held);
        // The worker, not the script, knows that the attempts are spent.
        let spent = run.attempt >= self.model.job(run.id).spec.max_attempts;
        self.acknowledge(run, if op == 't' && spent { 'x' } else { op }, delay).await;
        self.past.push(run);
    }

    async fn acknowledge(&mut self, run: Run, op: char, delay: i64) {
        let kind = KINDS[self.model.job(run.id).spec.kind];
        let answer = self.stage.acknowledge(&[run], kind, Ending::of(op, delay)).await;
        assert_eq!(answer, [self.model.acknowledge(run.id, run.fence, op, delay)]);
    }

    async fn renew(&mut self, worker: usize) {
        let mut runs: Vec<_> = self.hands[worker].iter().map(|run| (run.id, run.fence)).collect();
        if runs.is_empty() {
            return;
        }
        let mut stop = self.stage.renew(&self.hands[worker]).await;
        runs.sort_by_key(|(id, _)| *id);
        stop.sort_by_key(|(id, _)| *id);
        assert_eq!(stop, self.model.renew(&runs));
        // A run that lost its lease is forsaken; a cancelled one still says how it ended.
        let lost = |run: &Run| stop.contains(&(run.id, 'l'));
        self.past.extend(self.hands[worker].iter().copied().filter(lost));
        self.hands[worker].retain(|run| !lost(run));
    }

    async fn cancel(&mut self, n: usize) {
        let Some(id) = self.model.pick(n) else { return };
        let answer = self.stage.queues.cancel(id).await.unwrap();
        let expected = match self.model.cancel(id) {
            JobState::Running => CancelAnswer::Requested,
            waiting if !waiting.is_terminal() => CancelAnswer::Cancelled,
            ended => CancelAnswer::WrongState(ended),
        };
        assert_eq!(answer, expected);
    }

    async fn retry(&mut self, n: usize) {
        let Some(id) = self.model.pick(n) else { return };
        let answer = self.stage.queues.retry(id).await.unwrap();
        let expected = match self.model.retry(id) {
            (_, Some(owner)) => RetryAnswer::UniqueTaken(owner),
            (JobState::Dead | JobState::Cancelled | JobState::Expired, None) => RetryAnswer::Queued,
            (other, None) => RetryAnswer::WrongState(other),
        };
        assert_eq!(answer, expected);
    }

    /// Runs everything to its end, as workers that live long enough do.
    async fn finish(&mut self) {
        self.step(&Step::Resume).await;
        for _ in 0..1_000 {
            if self.model.jobs.iter().all(|job| job.state.is_terminal()) {
                return;
            }
            // Far enough for any delay; the lease clock takes two seconds of it.
            self.step(&Step::Clock(4_000_000)).await;
            self.fetch(0, 4).await;
            while !self.hands[0].is_empty() {
                self.end(0, 0, 'd', 0).await;
            }
        }
        panic!("these never end: {:?}", self.model.jobs);
    }
}

fn job(id: JobId, spec: &Spec, now: i64) -> NewJob {
    let after = |ms: i64| DateTime::from_timestamp_millis(now + ms);
    let mut options = JobOptions::on(QUEUE);
    (options.priority, options.max_attempts) = (spec.priority, spec.max_attempts);
    (options.run_at, options.expires_at) = (spec.delay.and_then(after), spec.life.and_then(after));
    options.timeout = Duration::from_secs(30);
    options.concurrency_key =
        spec.key.map(|key| ConcurrencyKey { key: format!("key-{key}"), limit: LIMITS[key] });
    options.unique =
        spec.unique.map(|key| Unique { key: format!("unique-{key}"), window: Window::UntilFinished });
    NewJob { id, ..NewJob::new(KINDS[spec.kind], 1, &(), options).unwrap() }
}

async fn walk(stage: &mut Stage, steps: &[Step]) {
    stage.clear().await;
    let mut walk = Walk { stage, model: Model::new(), hands: Default::default(), past: Vec::new() };
    for step in steps {
        walk.step(step).await;
        audit::check(walk.stage, &walk.model).await;
    }
    walk.finish().await;
    audit::check(walk.stage, &walk.model).await;
    audit::check_nothing_is_left(walk.stage).await;
}

/// `PROPTEST_CASES` asks for more walks.
#[test]
fn whatever_happens_in_whatever_order_redis_holds_what_the_model_says_and_nothing_is_left_behind() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stage = std::cell::RefCell::new(runtime.block_on(Stage::set()));
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(100);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let walked = runner.run(&proptest::collection::vec(step(), 1..80), |steps| {
        let mut stage = stage.borrow_mut();
        let walked = std::panic::AssertUnwindSafe(|| runtime.block_on(walk(&mut stage, &steps)));
        std::panic::catch_unwind(walked).map_err(|panic| {
            let said = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            TestCaseError::fail(said)
        })
    });
    if let Err(failure) = walked {
        panic!("{failure}");
    }
}

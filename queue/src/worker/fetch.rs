//! The fetch loop: permits first, then a fetch of at most that many, from the queues whose turn it is. It is the only
//! taker of permits, so that a free permit it has seen stays free.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use apalis_core::task::Task;
use apalis_core::worker::context::WorkerContext;
use futures_util::future::join_all;
use redis::{RedisError, Value};
use tokio::sync::mpsc;

use crate::delivery::Delivery;
use crate::millis;
use crate::script::FETCH;
use crate::worker::rotation::{Candidate, Rotation};
use crate::worker::shared::Shared;
use crate::worker::unpack::{Fetched, deliver};

/// Most jobs of one fetch.
const MOST: usize = 64;

/// Takes jobs until the worker closes.
pub(crate) struct Fetcher {
    pub(crate) shared: Arc<Shared>,
    pub(crate) deliveries: mpsc::UnboundedSender<Task<Delivery>>,
    pub(crate) worker: WorkerContext,
    /// The `kind:version` names this worker has handlers for.
    pub(crate) names: Vec<String>,
    pub(crate) rotation: Rotation,
    /// A job of this queue must run alone: nothing is taken until the worker is idle.
    pub(crate) quiet_for: Option<usize>,
    /// Such a job runs now.
    pub(crate) alone: bool,
}

impl Fetcher {
    /// Runs until the worker closes; never fails.
    pub(crate) async fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        let mut tries = 0;
        while !shared.closing.is_cancelled() && !self.worker.is_shutting_down() {
            let plan = self.plan();
            if plan.is_empty() {
                tokio::select! {
                    () = shared.closing.cancelled() => return,
                    () = shared.look_again.notified() => {}
                    // apalis does not tell its backend of a stop.
                    () = tokio::time::sleep(shared.options.idle_wait) => {}
                }
                continue;
            }
            if self.round(&plan).await {
                tries = 0;
                continue;
            }
            tries += 1;
            tokio::select! {
                () = shared.closing.cancelled() => return,
                () = tokio::time::sleep(shared.pause_before(tries)) => {}
            }
        }
    }

    /// Which queue may fetch how many now.
    fn plan(&mut self) -> Vec<(usize, usize)> {
        let in_flight = self.shared.in_flight();
        if in_flight == 0 {
            self.alone = false;
        }
        if let Some(queue) = self.quiet_for {
            return if in_flight == 0 { vec![(queue, 1)] } else { Vec::new() };
        }
        let free = self.shared.options.concurrency.saturating_sub(in_flight);
        if self.alone || free == 0 {
            return Vec::new();
        }
        let hot = self.shared.sources.iter().enumerate().filter(|(_, s)| s.hot.load(Ordering::Acquire));
        let candidates: Vec<Candidate> = hot
            .map(|(index, source)| Candidate {
                index,
                weight: source.weight,
                room: source.cap.saturating_sub(source.in_flight.load(Ordering::Acquire)).min(MOST),
            })
            .collect();
        self.rotation.allot(free, &candidates)
    }

    /// Fetches as planned; false when Redis did not answer. The mark comes before the look at the closing: a drain
    /// that sees no fetch under way will see none.
    async fn round(&mut self, plan: &[(usize, usize)]) -> bool {
        let shared = Arc::clone(&self.shared);
        shared.fetching.store(true, Ordering::SeqCst);
        let answered = shared.closing.is_cancelled() || self.fetch_all(plan).await;
        shared.fetching.store(false, Ordering::SeqCst);
        answered
    }

    async fn fetch_all(&mut self, plan: &[(usize, usize)]) -> bool {
        let idle = self.quiet_for.is_some();
        let this = &*self;
        let answers = join_all(plan.iter().map(|(queue, want)| this.fetch(*queue, *want, idle))).await;
        let mut answered = true;
        for ((queue, want), answer) in plan.iter().zip(answers) {
            match answer {
                Ok(fetched) => self.accept(*queue, *want, fetched),
                Err(error) => {
                    self.shared.note_failure("fetch", &error);
                    answered = false;
                }
            }
        }
        answered
    }

    async fn fetch(&self, queue: usize, want: usize, idle: bool) -> Result<Fetched, RedisError> {
        let shared = &self.shared;
        let salt: [u8; 6] = rand::random();
        let mut call = FETCH.on(&shared.sources[queue].base);
        call.arg(millis::of(shared.options.lease)).arg(want).arg(&shared.options.name);
        call.arg(salt.as_slice()).arg(u8::from(idle)).arg(&self.names);
        let answer: Vec<Value> = FETCH.run(&shared.fetch_link, &call).await?;
        shared.note_success();
        Ok(Fetched::read(answer))
    }

    fn accept(&mut self, queue: usize, want: usize, fetched: Fetched) {
        let shared = Arc::clone(&self.shared);
        let source = &shared.sources[queue];
        self.quiet_for = (fetched.alone == 1).then_some(queue);
        self.alone |= fetched.alone == 2;
        let count = fetched.jobs.len();
        if count < want && fetched.alone == 0 {
            let wait = fetched.next_due.unwrap_or(Duration::MAX).min(shared.options.idle_wait);
            source
                .wait_ms
                .store(usize::try_from(wait.as_millis()).unwrap_or(usize::MAX).max(1), Ordering::Release);
            source.hot.store(false, Ordering::Release);
            source.cold.notify_one();
        }
        source.in_flight.fetch_add(count, Ordering::AcqRel);
        deliver(&shared, queue, fetched.jobs, &self.deliveries);
    }
}

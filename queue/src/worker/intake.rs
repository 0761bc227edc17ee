//! What comes in with a turn: whether and how much may be asked for, and what becomes of the jobs. The fetch loop, the
//! waiters and the acknowledgements all take jobs through it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use apalis_core::task::Task;
use apalis_core::worker::context::WorkerContext;
use redis::RedisError;
use tokio::sync::mpsc;

use crate::connection::Link;
use crate::delivery::Delivery;
use crate::worker::shared::Shared;
use crate::worker::turn::Turn;
use crate::worker::unpack::{Fetched, deliver};

/// Most jobs of one fetch.
pub(crate) const MOST: usize = 64;

/// Whether jobs may be taken, as far as a job that must run alone is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Any.
    Open,
    /// A job of this queue must run alone: nothing until the worker is idle.
    QuietFor(usize),
    /// Such a job runs now.
    Alone,
}

/// The way of jobs into the worker.
pub(crate) struct Intake {
    pub(crate) shared: Arc<Shared>,
    deliveries: mpsc::UnboundedSender<Task<Delivery>>,
    worker: WorkerContext,
    mode: Mutex<Mode>,
}

impl Intake {
    pub(crate) fn new(
        shared: Arc<Shared>,
        deliveries: mpsc::UnboundedSender<Task<Delivery>>,
        worker: WorkerContext,
    ) -> Self {
        Self { shared, deliveries, worker, mode: Mutex::new(Mode::Open) }
    }

    fn lock(&self) -> MutexGuard<'_, Mode> {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mode, given that a job that ran alone has ended once no permit is in use.
    pub(crate) fn mode(&self) -> Mode {
        let mut mode = self.lock();
        if *mode == Mode::Alone && self.shared.permits.in_use() == 0 {
            *mode = Mode::Open;
        }
        *mode
    }

    /// False once the worker is to take no more.
    pub(crate) fn is_serving(&self) -> bool {
        !self.shared.closing.is_cancelled() && !self.worker.is_shutting_down()
    }

    /// True when jobs of this queue may be taken out of turn: no other queue waits for its turn.
    pub(crate) fn may_take_now(&self, queue: usize) -> bool {
        let others = self.shared.sources.iter().enumerate().filter(|(index, _)| *index != queue);
        self.is_serving()
            && *self.lock() == Mode::Open
            && !others.into_iter().any(|(_, source)| source.hot.load(Ordering::Acquire))
    }

    /// Takes up to `most` permits for a fetch from a queue; none once the worker closes. The permits come before the look
    /// at the closing: a drain that sees no permit in use will see no fetch either.
    pub(crate) fn reserve(&self, queue: usize, most: usize) -> usize {
        let taken = self.shared.permits.take(queue, most);
        if taken > 0 && self.shared.closing.is_cancelled() {
            self.shared.release(queue, taken);
            return 0;
        }
        taken
    }

    /// Fetches up to `want` jobs of a queue, whose permits are held, and gives back the permits that stay unused.
    pub(crate) async fn fetch(
        &self,
        queue: usize,
        want: usize,
        idle: bool,
        link: &Link,
    ) -> Result<usize, RedisError> {
        let turn = Turn { acks: &[], want, idle };
        let answer = turn.send(&self.shared, queue, link).await;
        let taken = answer.map(|turned| self.accept(queue, want, idle, turned.fetched));
        self.shared.release(queue, want - *taken.as_ref().unwrap_or(&0));
        taken
    }

    /// Delivers what a turn brought and draws the conclusions from how much it was. Returns the jobs taken.
    pub(crate) fn accept(&self, queue: usize, want: usize, idle: bool, fetched: Fetched) -> usize {
        let source = &self.shared.sources[queue];
        let taken = fetched.jobs.len();
        self.note_mode(queue, idle, fetched.alone);
        if taken < want && fetched.alone == 0 {
            let wait = fetched.next_due.unwrap_or(Duration::MAX).min(self.shared.options.idle_wait);
            source
                .wait_ms
                .store(usize::try_from(wait.as_millis()).unwrap_or(usize::MAX).max(1), Ordering::Release);
            source.hot.store(false, Ordering::Release);
            source.cold.notify_one();
        }
        deliver(&self.shared, queue, fetched.jobs, &self.deliveries);
        taken
    }

    /// An answer to an earlier question does not end the quiet that a later one asked for.
    fn note_mode(&self, queue: usize, idle: bool, alone: u8) {
        let mut mode = self.lock();
        match alone {
            1 => *mode = Mode::QuietFor(queue),
            2 => *mode = Mode::Alone,
            _ if idle => *mode = Mode::Open,
            _ => {}
        }
    }
}

//! What the loops of one worker share: settings, connections, the jobs it runs, and the signals between the loops.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::RedisError;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::client::Queues;
use crate::connection::Link;
use crate::worker::ack::Ack;
use crate::worker::options::WorkerOptions;
use crate::worker::running::Running;

/// One queue as this worker sees it.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: Arc<str>,
    /// `KEYS[1]` of its scripts.
    pub(crate) base: String,
    pub(crate) weight: u32,
    pub(crate) cap: usize,
    /// Jobs of it that hold a permit.
    pub(crate) in_flight: AtomicUsize,
    /// Worth a fetch: set by the waiter, cleared by a fetch that came back short.
    pub(crate) hot: AtomicBool,
    /// How long the waiter may wait, in ms.
    pub(crate) wait_ms: AtomicUsize,
    /// Tells the waiter that the queue went cold.
    pub(crate) cold: Notify,
}

/// State of one worker, shared by its loops.
pub(crate) struct Shared {
    pub(crate) queues: Queues,
    pub(crate) options: WorkerOptions,
    pub(crate) sources: Vec<Source>,
    /// Fetches go one way, acknowledgements another, so that neither waits behind the other.
    pub(crate) fetch_link: Link,
    pub(crate) ack_link: Link,
    pub(crate) running: Running,
    pub(crate) acks: mpsc::UnboundedSender<Ack>,
    /// A fetch is under way: jobs may be on their way here.
    pub(crate) fetching: AtomicBool,
    /// A permit came free or a queue became hot.
    pub(crate) look_again: Notify,
    /// A cancellation waits: renew now.
    pub(crate) renew_now: Notify,
    /// Take no more.
    pub(crate) closing: CancellationToken,
    /// Everything is given back: the loops end.
    pub(crate) stopped: CancellationToken,
    health: Mutex<Health>,
}

#[derive(Debug, Default)]
struct Health {
    last_fetch: Option<Instant>,
    failing: bool,
}

impl Shared {
    pub(crate) fn new(queues: Queues, options: WorkerOptions, acks: mpsc::UnboundedSender<Ack>) -> Self {
        let answer_within = queues.config().answer_within;
        let sources = options.queues.iter().map(|share| Source {
            name: share.name.as_str().into(),
            base: queues.keys().queue(&share.name),
            weight: share.weight,
            cap: options.cap_of(share),
            in_flight: AtomicUsize::new(0),
            hot: AtomicBool::new(true),
            wait_ms: AtomicUsize::new(0),
            cold: Notify::new(),
        });
        Self {
            sources: sources.collect(),
            fetch_link: queues.new_link(answer_within),
            ack_link: queues.new_link(answer_within),
            running: Running::default(),
            acks,
            fetching: AtomicBool::new(false),
            look_again: Notify::new(),
            renew_now: Notify::new(),
            closing: CancellationToken::new(),
            stopped: CancellationToken::new(),
            health: Mutex::default(),
            queues,
            options,
        }
    }

    /// Jobs that hold a permit, in all queues.
    pub(crate) fn in_flight(&self) -> usize {
        self.sources.iter().map(|source| source.in_flight.load(Ordering::Acquire)).sum()
    }

    /// True when nothing runs and nothing can arrive any more, given that the worker is closing.
    pub(crate) fn is_idle(&self) -> bool {
        !self.fetching.load(Ordering::SeqCst) && self.in_flight() == 0
    }

    /// Gives back the permits of ended jobs of one queue.
    pub(crate) fn release(&self, source: usize, jobs: usize) {
        if let Some(source) = self.sources.get(source) {
            source.in_flight.fetch_sub(jobs, Ordering::AcqRel);
        }
        self.look_again.notify_one();
    }

    /// Makes a queue worth a fetch.
    pub(crate) fn heat(&self, source: &Source) {
        source.hot.store(true, Ordering::Release);
        self.look_again.notify_one();
    }

    pub(crate) fn note_success(&self) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut health.failing) {
            tracing::info!(worker = %self.options.name, "Redis answers again");
        }
        health.last_fetch = Some(Instant::now());
    }

    /// Remembers a failure; the first one in a row is logged.
    pub(crate) fn note_failure(&self, doing: &str, error: &RedisError) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut health.failing, true) {
            tracing::warn!(worker = %self.options.name, doing, %error, "Redis does not answer; the worker waits");
        }
    }

    /// Whether the last call failed, and how long ago a fetch last succeeded.
    pub(crate) fn health(&self) -> (bool, Option<Duration>) {
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        (health.failing, health.last_fetch.map(|at| at.elapsed()))
    }

    /// The pause before attempt number `tries` (from 1) to reach Redis: doubling from 50 ms up to the cap.
    pub(crate) fn pause_before(&self, tries: u32) -> Duration {
        Duration::from_millis(50 << tries.min(8)).min(self.options.retry_cap)
    }
}

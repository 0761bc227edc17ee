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
use crate::worker::permits::Permits;
use crate::worker::running::Running;

/// One queue as this worker sees it.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: Arc<str>,
    /// `KEYS[1]` of its scripts.
    pub(crate) base: String,
    pub(crate) weight: u32,
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
    /// The `kind:version` names this worker has handlers for.
    pub(crate) names: Vec<String>,
    pub(crate) sources: Vec<Source>,
    pub(crate) permits: Permits,
    /// Fetches go one way, acknowledgements another, so that neither waits behind the other.
    pub(crate) fetch_link: Link,
    pub(crate) ack_link: Link,
    pub(crate) running: Running,
    pub(crate) acks: mpsc::UnboundedSender<Ack>,
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
            hot: AtomicBool::new(true),
            wait_ms: AtomicUsize::new(0),
            cold: Notify::new(),
        });
        let caps = options.queues.iter().map(|share| options.cap_of(share)).collect();
        Self {
            names: options.kinds.iter().map(|(kind, version)| format!("{kind}:{version}")).collect(),
            sources: sources.collect(),
            permits: Permits::new(options.concurrency, caps),
            fetch_link: queues.new_link(answer_within),
            ack_link: queues.new_link(answer_within),
            running: Running::default(),
            acks,
            look_again: Notify::new(),
            renew_now: Notify::new(),
            closing: CancellationToken::new(),
            stopped: CancellationToken::new(),
            health: Mutex::default(),
            queues,
            options,
        }
    }

    /// Gives back permits of one queue.
    pub(crate) fn release(&self, queue: usize, permits: usize) {
        if permits > 0 {
            self.permits.give_back(queue, permits);
            self.look_again.notify_one();
        }
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

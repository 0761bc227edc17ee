//! What the loops of one worker share: settings, connections, the jobs it runs, and the signals between the loops.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use redis::RedisError;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::client::Queues;
use crate::connection::Link;
use crate::worker::ack::Ack;
use crate::worker::health::{Health, Place};
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
    pub(crate) health: Health,
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
            health: Health::default(),
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

    /// Remembers an answered fetch.
    pub(crate) fn note_fetch(&self, queue: usize) {
        self.health.fetched(&self.options.name, queue);
    }

    /// Remembers any other answered call.
    pub(crate) fn note_answer(&self, place: Place) {
        self.health.answered(&self.options.name, place);
    }

    /// Remembers a failure.
    pub(crate) fn note_failure(&self, place: Place, doing: &str, error: &RedisError) {
        self.health.failed(&self.options.name, place, doing, error);
    }

    /// The pause before attempt number `tries` (from 1) to reach Redis: doubling from 50 ms up to the cap.
    pub(crate) fn pause_before(&self, tries: u32) -> Duration {
        Duration::from_millis(50 << tries.min(8)).min(self.options.retry_cap)
    }
}

//! Whether Redis answers, as the worker's own calls tell. In a cluster each queue may live on another server, so a place that
//! is away is away until a call to that very place succeeds.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::RedisError;

/// What a call is about, and so which server it goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The queue of this number.
    Queue(usize),
    /// The registry of workers.
    Registry,
}

/// What the last calls came to.
#[derive(Debug, Default)]
pub(crate) struct Health(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last_fetch: Option<Instant>,
    away: BTreeSet<Place>,
}

impl Health {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A fetch from a queue was answered.
    pub(crate) fn fetched(&self, worker: &str, queue: usize) {
        self.answered(worker, Place::Queue(queue));
        self.lock().last_fetch = Some(Instant::now());
    }

    /// A call was answered.
    pub(crate) fn answered(&self, worker: &str, place: Place) {
        let mut state = self.lock();
        if state.away.remove(&place) && state.away.is_empty() {
            tracing::info!(worker, "Redis answers again");
        }
    }

    /// A call failed; the first failure of an outage is logged.
    pub(crate) fn failed(&self, worker: &str, place: Place, doing: &str, error: &RedisError) {
        let mut state = self.lock();
        if state.away.is_empty() {
            tracing::warn!(worker, doing, %error, "Redis does not answer; the worker waits");
        }
        state.away.insert(place);
    }

    /// Whether the last call to a place failed.
    pub(crate) fn is_away(&self, place: Place) -> bool {
        self.lock().away.contains(&place)
    }

    /// Whether some place is away, and how long ago a fetch last succeeded.
    pub(crate) fn summary(&self) -> (bool, Option<Duration>) {
        let state = self.lock();
        (!state.away.is_empty(), state.last_fetch.map(|at| at.elapsed()))
    }
}

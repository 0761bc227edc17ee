//! Whether this scheduler does its work, as its health port tells it. A failure is logged when it begins, and
//! its end when it is over, however many rounds it lasts.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use platform::launch::chain;
use platform::ops::Readiness;

use crate::error::TickError;

/// Without a good round for this long, another scheduler should have taken over.
const PATIENCE: Duration = Duration::from_secs(15);

/// Shared by the loops and the health port.
#[derive(Debug, Clone, Default)]
pub struct Health(Arc<Mutex<Rounds>>);

#[derive(Debug, Default)]
struct Rounds {
    ticking: Work,
    sweeping: Work,
}

#[derive(Debug, Default)]
struct Work {
    last_good: Option<Instant>,
    failing: bool,
}

impl Health {
    /// Ready while ticks are made. Jobs that only wait for Redis stand in the outbox, so that is no reason to
    /// take a scheduler out of service; the status names it all the same.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        self.with(|rounds| match (rounds.ticking.is_good(), rounds.sweeping.is_good()) {
            (true, true) => Readiness::ready(),
            (true, false) => {
                Readiness { status: "degraded: the outbox is not swept".to_owned(), ready: true }
            }
            (false, _) => Readiness::waiting("no ticks: the database does not answer"),
        })
    }

    pub(crate) fn ticked(&self) {
        self.with(|rounds| rounds.ticking.succeeded("ticks are made again"));
    }

    pub(crate) fn failed_to_tick(&self, error: &TickError) {
        self.with(|rounds| rounds.ticking.failed(error, "ticks wait"));
    }

    pub(crate) fn swept(&self) {
        self.with(|rounds| rounds.sweeping.succeeded("the outbox is swept again"));
    }

    pub(crate) fn failed_to_sweep(&self, error: &TickError) {
        self.with(|rounds| rounds.sweeping.failed(error, "the outbox waits"));
    }

    fn with<T>(&self, look: impl FnOnce(&mut Rounds) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Work {
    fn is_good(&self) -> bool {
        self.last_good.is_some_and(|at| at.elapsed() < PATIENCE)
    }

    fn succeeded(&mut self, again: &str) {
        if std::mem::take(&mut self.failing) {
            tracing::info!("{again}");
        }
        self.last_good = Some(Instant::now());
    }

    fn failed(&mut self, error: &TickError, what: &str) {
        if !std::mem::replace(&mut self.failing, true) {
            tracing::warn!(error = %chain(error), "{what}");
        }
    }
}

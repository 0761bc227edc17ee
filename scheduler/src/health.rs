//! Whether this scheduler does its work, as its health port tells it.

use std::time::Duration;

use platform::ops::{Pulse, Readiness};

/// Ticks and figures are tried every second or two. Without them for this long, an outage has begun.
const PATIENCE: Duration = Duration::from_secs(4);
/// A sweep of many rows takes a while.
const SWEEP: Duration = Duration::from_secs(15);

/// Shared by the loops and the health port.
#[derive(Debug, Clone)]
pub struct Health {
    pub(crate) ticking: Pulse,
    pub(crate) sweeping: Pulse,
    pub(crate) queues: Pulse,
}

impl Default for Health {
    /// Nothing has been tried yet.
    fn default() -> Self {
        Self {
            ticking: Pulse::new(PATIENCE, "ticks wait", "ticks are made again"),
            sweeping: Pulse::new(SWEEP, "the outbox waits", "the outbox is swept again"),
            queues: Pulse::new(PATIENCE, "Redis does not answer", "Redis answers again"),
        }
    }
}

impl Health {
    /// Ready while ticks are made. Jobs that only wait for Redis stand in the outbox, so that is no reason to
    /// take a scheduler out of service; the status names it all the same.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        match (self.ticking.is_alive(), self.queues.is_alive(), self.sweeping.is_alive()) {
            (false, ..) => Readiness::waiting("no ticks: the database does not answer"),
            (true, false, _) => {
                Readiness::degraded("Redis does not answer; accepted jobs wait in the outbox")
            }
            (true, true, false) => Readiness::degraded("the outbox is not swept"),
            (true, true, true) => Readiness::ready(),
        }
    }
}

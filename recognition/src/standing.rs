//! What is known about an endpoint from the calls made to it: its circuit breaker, the average latency and the share of
//! failures. It outlives changes of key or time-out, since they do not make a broken provider whole.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::breaker::{Breaker, BreakerSettings, Outcome, Ticket};
use crate::recogniser::ProviderStatus;

/// Calls that the status is judged by.
const REMEMBERED: usize = 50;
const MEMORY: Duration = Duration::from_secs(300);

/// The weight of the newest call in the moving average: about the last ten calls count.
const WEIGHT: f64 = 0.2;

/// The standing of one endpoint in this process.
#[derive(Debug)]
pub(crate) struct Standing {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    breaker: Breaker,
    average: Option<Duration>,
    recent: VecDeque<(Instant, bool)>,
}

/// A call under way. Dropped without an outcome, it counts as given up.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    standing: &'a Standing,
    ticket: Ticket,
    outcome: Outcome,
}

impl Standing {
    pub fn new(settings: BreakerSettings) -> Self {
        let breaker = Breaker::new(settings);
        Self { inner: Mutex::new(Inner { breaker, average: None, recent: VecDeque::new() }) }
    }

    /// Begins a call, or answers after how long to ask again.
    pub fn begin(&self, now: Instant) -> Result<Call<'_>, Duration> {
        let ticket = self.inner().breaker.admit(now)?;
        Ok(Call { standing: self, ticket, outcome: Outcome::Unknown })
    }

    pub fn average_latency(&self) -> Option<Duration> {
        self.inner().average
    }

    /// The state by the calls so far; `timeout` is what the calls are given.
    pub fn status(&self, timeout: Duration, now: Instant) -> ProviderStatus {
        let mut inner = self.inner();
        inner.forget(now);
        let failed = inner.recent.iter().filter(|(_, succeeded)| !succeeded).count();
        status(inner.breaker.is_open(), failed, inner.average, timeout)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // No code can panic while it holds the lock half-way through a change.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn forget(&mut self, now: Instant) {
        self.recent.retain(|(at, _)| now.saturating_duration_since(*at) < MEMORY);
        let excess = self.recent.len().saturating_sub(REMEMBERED);
        self.recent.drain(..excess);
    }
}

impl Call<'_> {
    /// The provider answered as it should.
    pub fn succeeded(mut self, latency: Duration) {
        self.outcome = Outcome::Success;
        let mut inner = self.standing.inner();
        inner.average = Some(inner.average.map_or(latency, |average| moving(average, latency)));
    }

    /// The provider failed.
    pub fn failed(mut self) {
        self.outcome = Outcome::Failure;
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        let mut inner = self.standing.inner();
        inner.breaker.record(&self.ticket, self.outcome, now);
        if self.outcome != Outcome::Unknown {
            inner.recent.push_back((now, self.outcome == Outcome::Success));
            inner.forget(now);
        }
    }
}

fn moving(average: Duration, newest: Duration) -> Duration {
    average.mul_f64(1.0 - WEIGHT) + newest.mul_f64(WEIGHT)
}

/// Offline while calls are held back; degraded where one of the last calls failed or an average one takes more than
/// half of its time; else connected.
fn status(is_open: bool, failed: usize, average: Option<Duration>, timeout: Duration) -> ProviderStatus {
    let is_slow = average.is_some_and(|average| average > timeout / 2);
    match () {
        () if is_open => ProviderStatus::Offline,
        () if failed > 0 || is_slow => ProviderStatus::Degraded,
        () => ProviderStatus::Connected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_status_follows_circuit_failures_and_latency() {
        assert_eq!(status(false, 0, None, SECOND), ProviderStatus::Connected);
        assert_eq!(status(false, 0, Some(SECOND / 2), SECOND), ProviderStatus::Connected);
        assert_eq!(status(false, 0, Some(SECOND * 3 / 5), SECOND), ProviderStatus::Degraded);
        assert_eq!(status(false, 1, Some(SECOND / 10), SECOND), ProviderStatus::Degraded);
        assert_eq!(status(true, 0, None, SECOND), ProviderStatus::Offline);
    }

    proptest! {
        #[test]
        fn the_average_stays_between_the_old_and_the_new(old in 0_u64..100_000, new in 0_u64..100_000) {
            let (old, new) = (Duration::from_millis(old), Duration::from_millis(new));
            let average = moving(old, new);
            let slack = Duration::from_micros(1);
            prop_assert!(average + slack >= old.min(new) && average <= old.max(new) + slack);
        }
    }
}

//! Whether something that a process stands on has answered lately. A failure is logged when it begins, and its end when it is over,
//! however many tries it lasts.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::launch::chain;

/// Shared by whoever tries and whoever wants to know.
#[derive(Clone, Debug)]
pub struct Pulse {
    /// Without a good try for so long, it counts as away.
    patience: Duration,
    /// What the log says when tries begin to fail.
    lost: &'static str,
    /// What it says when they work again.
    back: &'static str,
    beats: Arc<Mutex<Beats>>,
}

#[derive(Debug, Default)]
struct Beats {
    last: Option<Instant>,
    failing: bool,
}

impl Pulse {
    /// Something that has not been tried yet, and so is away.
    #[must_use]
    pub fn new(patience: Duration, lost: &'static str, back: &'static str) -> Self {
        Self { patience, lost, back, beats: Arc::default() }
    }

    /// Whether the last good try is recent.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.beats().last.is_some_and(|at| at.elapsed() < self.patience)
    }

    /// A try has worked.
    pub fn beat(&self) {
        let mut beats = self.beats();
        beats.last = Some(Instant::now());
        if std::mem::take(&mut beats.failing) {
            tracing::info!("{}", self.back);
        }
    }

    /// A try has failed.
    pub fn miss(&self, error: &dyn Error) {
        if !std::mem::replace(&mut self.beats().failing, true) {
            tracing::warn!(error = %chain(error), "{}", self.lost);
        }
    }

    fn beats(&self) -> MutexGuard<'_, Beats> {
        self.beats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_alive_from_its_first_beat_until_its_patience_is_over() {
        let pulse = Pulse::new(Duration::from_millis(50), "lost", "back");
        assert!(!pulse.is_alive());
        pulse.beat();
        pulse.miss(&std::fmt::Error);
        assert!(pulse.is_alive(), "one failed try is no outage");
        std::thread::sleep(Duration::from_millis(60));
        assert!(!pulse.is_alive());
    }
}

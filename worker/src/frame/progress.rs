//! How far a look has come: how long each step took, and which one it was in when its time was over.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// The step that a look is in.
#[derive(Debug)]
pub(super) struct Progress(Mutex<(&'static str, Instant)>);

impl Progress {
    /// Begins with a step, named as in "while …".
    pub fn begin(step: &'static str) -> Self {
        Self(Mutex::new((step, Instant::now())))
    }

    /// Goes on to the next step; answers how many milliseconds the last one took.
    pub fn enter(&self, step: &'static str) -> u64 {
        let (_, begun) = std::mem::replace(&mut *self.current(), (step, Instant::now()));
        u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The step's name.
    pub fn step(&self) -> &'static str {
        self.current().0
    }

    fn current(&self) -> MutexGuard<'_, (&'static str, Instant)> {
        // Nothing can panic while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

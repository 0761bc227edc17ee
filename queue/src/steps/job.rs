//! One job of the model.

use super::hands::Fence;
use crate::{JobId, JobState};

/// What a job asks for.
#[derive(Debug, Clone)]
pub(super) struct Spec {
    pub(super) kind: usize,
    pub(super) priority: u8,
    pub(super) key: Option<usize>,
    pub(super) unique: Option<usize>,
    pub(super) delay: Option<i64>,
    pub(super) life: Option<i64>,
    pub(super) max_attempts: u32,
}

/// Jobs of a key that may be ready or running at a time, by key.
pub(super) const LIMITS: [u32; 2] = [1, 2];

#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) id: JobId,
    pub(super) spec: Spec,
    /// Its place in line, in µs.
    pub(super) place: i64,
    pub(super) state: JobState,
    /// Ready, and not behind its key: a fetch may take it.
    pub(super) stands: bool,
    pub(super) due: i64,
    pub(super) expires: Option<i64>,
    pub(super) attempt: u32,
    pub(super) losses: u32,
    pub(super) cancelled: bool,
    pub(super) fence: Option<Fence>,
    pub(super) lease: i64,
}

impl Job {
    pub(super) fn waits(&self) -> bool {
        matches!(self.state, JobState::Ready | JobState::Scheduled | JobState::Retry)
    }

    /// Holds a slot of its key.
    pub(super) fn holds(&self) -> bool {
        self.state == JobState::Running || (self.state == JobState::Ready && self.stands)
    }

    /// Holds its unique key.
    pub(super) fn owns(&self) -> bool {
        self.spec.unique.is_some() && !self.state.is_terminal()
    }

    pub(super) fn stands_alone(&self) -> bool {
        self.state == JobState::Ready && self.stands && self.losses >= 2
    }

    pub(super) fn in_line(&self) -> (i64, JobId) {
        (self.place, self.id)
    }
}

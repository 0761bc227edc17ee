//! The jobs a worker runs, by their fencing tokens, and how each is told to stop.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::delivery::Fence;
use crate::job::JobId;

/// Why a run is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StopReason {
    /// An operator cancelled the job.
    Cancelled,
    /// Another run may have the job.
    LeaseLost,
    /// The worker shuts down: the job goes back unspent.
    HandBack,
}

/// How one run is told to stop. The first reason stands.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    token: CancellationToken,
    reason: AtomicU8,
}

impl Stop {
    pub(crate) fn request(&self, reason: StopReason) {
        let code = match reason {
            StopReason::Cancelled => 1,
            StopReason::LeaseLost => 2,
            StopReason::HandBack => 3,
        };
        if self.reason.compare_exchange(0, code, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            self.token.cancel();
        }
    }

    pub(crate) fn reason(&self) -> Option<StopReason> {
        match self.reason.load(Ordering::Acquire) {
            1 => Some(StopReason::Cancelled),
            2 => Some(StopReason::LeaseLost),
            3 => Some(StopReason::HandBack),
            _ => None,
        }
    }

    pub(crate) fn token(&self) -> &CancellationToken {
        &self.token
    }
}

/// One run in the table.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Index of its queue among the worker's.
    pub(crate) source: usize,
    pub(crate) id: JobId,
    pub(crate) stop: Arc<Stop>,
}

/// The table of runs whose leases are to be renewed.
#[derive(Debug, Default)]
pub(crate) struct Running {
    table: Mutex<HashMap<Fence, Entry>>,
}

impl Running {
    fn table(&self) -> MutexGuard<'_, HashMap<Fence, Entry>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters the runs of one fetch.
    pub(crate) fn enter(&self, runs: impl Iterator<Item = (Fence, Entry)>) {
        self.table().extend(runs);
    }

    /// Takes runs out: their acknowledgement was answered.
    pub(crate) fn leave<'a>(&self, fences: impl Iterator<Item = &'a Fence>) {
        let mut table = self.table();
        fences.for_each(|fence| {
            table.remove(fence);
        });
    }

    /// The runs of one queue.
    pub(crate) fn of(&self, source: usize) -> Vec<(Fence, Entry)> {
        let table = self.table();
        table.iter().filter(|(_, e)| e.source == source).map(|(f, e)| (*f, e.clone())).collect()
    }

    /// Tells every run to stop.
    pub(crate) fn stop_all(&self, reason: StopReason) {
        self.table().values().for_each(|entry| entry.stop.request(reason));
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.table().len()
    }

    /// How many there are, and the ids of the first `most`.
    pub(crate) fn sample(&self, most: usize) -> (usize, Vec<JobId>) {
        let table = self.table();
        (table.len(), table.values().take(most).map(|entry| entry.id).collect())
    }
}

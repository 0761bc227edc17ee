//! Figures of queues and workers for the operations page, the metrics and readiness.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::machine::JobState;

/// One queue at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueStats {
    /// Its name.
    pub name: String,
    /// Jobs by state.
    pub depth: Depth,
    /// Age of the oldest job that waits for a worker; `None` when none waits.
    pub oldest_wait_seconds: Option<f64>,
    /// Jobs ended per second, over the last minute.
    pub rate_per_second: f64,
    /// Nothing is taken from it.
    pub paused: bool,
    /// Waiting jobs that no live worker knows.
    pub unclaimed: Vec<Unclaimed>,
}

/// Jobs by state, in the order of [`JobState::ALL`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Depth(pub(crate) [u64; 8]);

impl Depth {
    /// Jobs in one state.
    #[must_use]
    pub fn of(&self, state: JobState) -> u64 {
        self.iter().find_map(|(each, count)| (each == state).then_some(count)).unwrap_or(0)
    }

    /// Every state with its count.
    pub fn iter(&self) -> impl Iterator<Item = (JobState, u64)> {
        JobState::ALL.into_iter().zip(self.0)
    }

    /// Adds jobs to a state.
    pub(crate) fn add(&mut self, state: JobState, count: u64) {
        for (slot, each) in self.0.iter_mut().zip(JobState::ALL) {
            if each == state {
                *slot += count;
            }
        }
    }
}

/// Waiting jobs that nobody takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclaimed {
    /// Their kind.
    pub kind: String,
    /// The version of their payload.
    pub version: u16,
    /// How many.
    pub count: u64,
}

/// A live worker, as it last reported itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkerInfo {
    /// Unique per process.
    pub name: String,
    /// The machine.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// The program's version.
    pub version: String,
    /// The queues it takes from.
    pub queues: Vec<String>,
    /// The kinds and payload versions it knows.
    pub kinds: Vec<(String, u16)>,
    /// Jobs it runs now: ids, at most 100 of them.
    pub running: Vec<uuid::Uuid>,
    /// How many it runs now.
    pub running_count: u64,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it last reported, by Redis's clock.
    #[serde(default)]
    pub last_heartbeat: DateTime<Utc>,
}

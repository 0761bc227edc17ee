//! Batches: jobs whose common end starts another job. The members and the completion job stand in one queue, since
//! the script that ends the last member also enqueues the completion.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::job::JobId;

/// The id of a batch, a version 7 UUID made by the producer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(pub Uuid);

impl BatchId {
    /// A new id.
    #[must_use]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }

    /// The id of the batch's completion job. It follows from the batch's id, so that a completion pushed twice is
    /// one job.
    #[must_use]
    pub fn completion(self) -> JobId {
        let mut bytes = self.0.into_bytes();
        bytes[15] ^= 1;
        Uuid::from_bytes(bytes)
    }
}

impl Default for BatchId {
    fn default() -> Self {
        Self::new()
    }
}

/// A job's membership of a batch, part of its options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchRef(pub BatchId);

/// How far a batch is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchView {
    /// The batch.
    pub id: BatchId,
    /// No more members will come.
    pub sealed: bool,
    /// Members that have not ended.
    pub outstanding: u64,
    /// Members that ended as done.
    pub done: u64,
    /// Members that ended as dead, cancelled or expired.
    pub failed: u64,
    /// The completion job was enqueued.
    pub completed: bool,
}

//! The job queue: an apalis backend on Redis with leases, fencing, retries, priorities and limits.
//!
//! [`Queues`] is the producer's and operator's handle, [`RedisBackend`] the source of work that an apalis worker
//! polls. Nothing outside this crate names one of the queue's Redis keys, and every change of state is one Lua
//! script in `src/lua/`, so that no crash can leave a job between two states.

mod batch;
mod client;
mod connection;
mod delivery;
mod error;
mod job;
mod keys;
mod machine;
mod millis;
mod options;
mod outcome;
mod packed;
mod record;
mod script;
mod sink;
mod stats;
#[cfg(test)]
mod steps;
mod view;
mod worker;

pub use batch::{BatchId, BatchRef, BatchView};
pub use client::{JobFilter, Queues, QueuesConfig};
pub use delivery::{Delivery, JobHandle};
pub use error::{BackendError, QueueError};
pub use job::{Enqueued, JobContext, JobId, NewJob};
pub use machine::JobState;
pub use options::{Backoff, ConcurrencyKey, JobOptions, RateLimit, Retention, Unique, Window};
pub use outcome::Outcome;
pub use sink::JobSink;
pub use stats::{Depth, QueueStats, Unclaimed, WorkerInfo};
pub use view::{Attempt, CancelAnswer, Finished, JobView, Page, Presence, Progress, RetryAnswer};
pub use worker::{Phase, QueueShare, RedisBackend, WorkerControl, WorkerOptions, WorkerStatus};

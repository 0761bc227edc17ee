//! What can go wrong between a caller and the queue. The outside text is safe to show; the cause stays inside.

/// An error of [`crate::Queues`].
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// Redis does not answer, or not now. The caller may try again; the outbox does.
    #[error("the job queue is not available")]
    Unavailable(#[source] redis::RedisError),
    /// The queue is above its high-water mark, or Redis has no memory left.
    #[error("the queue {queue} is full")]
    Full {
        /// The queue.
        queue: String,
    },
    /// The payload is larger than a job may carry.
    #[error("the payload has {bytes} bytes, {limit} are allowed")]
    PayloadTooLarge {
        /// Its size.
        bytes: usize,
        /// The largest size accepted.
        limit: usize,
    },
    /// The job or the call is not well formed.
    #[error("{0}")]
    Invalid(String),
    /// This run does not hold the job's lease any more.
    #[error("the lease of this job is lost")]
    LeaseLost,
    /// The settings of Redis would lose jobs.
    #[error("Redis is not fit for a job queue: {0}")]
    UnfitServer(String),
    /// Redis answered what no script of ours answers, or a record does not decode.
    #[error("unreadable answer from the job queue")]
    Corrupt(String),
}

/// The error of [`crate::RedisBackend`], which never fails: it waits and comes back, since an apalis worker ends at
/// the first error of its backend.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The thread that renews leases could not be started.
    #[error("the lease thread does not start")]
    Thread(#[source] std::io::Error),
    /// A job could not be pushed.
    #[error(transparent)]
    Push(#[from] QueueError),
}

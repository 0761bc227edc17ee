//! What can go wrong when work is asked for.

/// Why a job was not enqueued.
#[derive(Debug, thiserror::Error)]
pub enum EnqueueError {
    /// A payload that is no JSON.
    #[error("the job's payload cannot be written as JSON")]
    Payload(#[from] serde_json::Error),
    /// The outbox could not be written.
    #[error("the outbox is not available")]
    Outbox(#[from] sea_orm::DbErr),
    /// The queue is away or full.
    #[error("the queue is not available")]
    Queue(#[from] queue::QueueError),
}

//! What keeps a worker from starting.

/// Why a worker does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database's URL cannot be used.
    #[error("database")]
    Database(#[from] sea_orm::DbErr),
    /// Redis's URL cannot be used.
    #[error("Redis")]
    Redis(#[from] platform::redis::AddressError),
    /// Redis is not fit, or the queues' settings contradict each other.
    #[error("queue")]
    Queue(#[from] queue::QueueError),
    /// Storage's settings cannot be used.
    #[error("object storage")]
    Storage(#[from] platform::storage::StorageError),
    /// Frames cannot be captured on this machine.
    #[error("capture")]
    Capture(#[from] capture::CaptureError),
    /// The machine's TLS roots cannot be loaded.
    #[error("detection provider")]
    Provider(#[from] recognition::ProviderError),
    /// The machine's TLS roots cannot be loaded.
    #[error("Odoo")]
    Odoo(#[from] odoo::OdooError),
    /// The mail server's address, or the sender's.
    #[error("mail: {0}")]
    Mail(String),
    /// The health port cannot be bound.
    #[error("input or output")]
    Io(#[from] std::io::Error),
    /// apalis ended the worker.
    #[error("worker: {0}")]
    Worker(String),
    /// No such queue.
    #[error("WORKER_QUEUES names {0}, there are {1}")]
    UnknownQueue(String, String),
}

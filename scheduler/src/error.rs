//! What can go wrong in a scheduler: at its start, which ends it, and at a tick, which is tried again.

/// Why a scheduler does not start, or ends other than by being told to.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database's URL cannot be used.
    #[error("database")]
    Database(#[from] sea_orm::DbErr),
    /// Redis's URL cannot be used.
    #[error("queue")]
    Queue(#[from] queue::QueueError),
    /// The health port cannot be bound.
    #[error("health port")]
    Port(#[from] std::io::Error),
    /// A loop ended by a panic.
    #[error("a task of the scheduler panicked")]
    Panicked(#[source] tokio::task::JoinError),
}

/// Why a tick was not made, or a sweep not finished. The next round tries again.
#[derive(Debug, thiserror::Error)]
pub enum TickError {
    /// The database is away.
    #[error("the database is not available")]
    Database(#[from] sea_orm::DbErr),
    /// The site's settings cannot be read.
    #[error("system configuration")]
    Settings(#[from] entity::system_config::SettingsError),
    /// The job could not be put into the outbox, or the queue is away.
    #[error(transparent)]
    Enqueue(#[from] jobs::EnqueueError),
}

/// Why figures for Prometheus could not be had. The next round tries again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// Nobody said anything for too long.
    #[error("no answer in time")]
    Silent(#[from] tokio::time::error::Elapsed),
    /// Redis is away.
    #[error(transparent)]
    Queue(#[from] queue::QueueError),
    /// The database is away.
    #[error("the database is not available")]
    Database(#[from] sea_orm::DbErr),
}

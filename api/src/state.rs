//! What every handler shares: connections, keys and caches, made once at start.

use std::sync::Arc;

use platform::{
    Settings, Shutdown,
    db::Manner,
    events::Subscription,
    redis::{AddressError, Link},
    seal::Sealer,
    storage::ObjectStore,
};
use sea_orm::DatabaseConnection;

use crate::{
    audit::Backlog,
    auth::{Sessions, TokenKeys},
    machinery::{DATABASE, Machinery, MachineryError},
    routes::health::Probe,
    ws::Hub,
};

/// Why the API could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database's address.
    #[error("the database cannot be used")]
    Database(#[from] sea_orm::DbErr),
    /// Redis's address.
    #[error("Redis cannot be used")]
    Redis(#[from] AddressError),
    /// Object storage's address or keys.
    #[error("object storage cannot be used")]
    Storage(#[from] platform::storage::StorageError),
    /// Queues, cameras or providers.
    #[error("the machinery cannot be set up")]
    Machinery(#[from] MachineryError),
    /// The port is taken, or serving failed.
    #[error("the API cannot listen")]
    Listen(#[from] std::io::Error),
    /// The API's own description of itself is not as expected.
    #[error("the OpenAPI document is not consistent: {0}")]
    Document(String),
}

/// Shared by all calls.
pub struct App {
    /// Settings.
    pub settings: Settings,
    /// PostgreSQL.
    pub db: DatabaseConnection,
    /// Redis.
    pub redis: Link,
    /// Object storage.
    pub storage: ObjectStore,
    /// Queues, cameras, providers, and lists kept ready.
    pub machinery: Machinery,
    /// Audit rows that wait for the database.
    pub audit: Backlog,
    /// Secrets at rest.
    pub sealer: Sealer,
    /// Access tokens.
    pub tokens: TokenKeys,
    /// Sessions asked about lately.
    pub sessions: Sessions,
    /// Connected browsers.
    pub hub: Arc<Hub>,
    /// The last health probe.
    pub probe: Probe,
    /// When to stop.
    pub shutdown: Shutdown,
}

impl App {
    /// Makes everything; connections are opened when first used, so parts that are away stop nothing.
    ///
    /// # Errors
    /// Settings that cannot be used at all.
    pub async fn connect(settings: Settings, shutdown: Shutdown) -> Result<Arc<Self>, StartError> {
        let events = Subscription::start(&settings, shutdown.clone())?;
        let redis = platform::redis::connect(&settings)?;
        let manner = Manner { acquire_within: DATABASE };
        let db = platform::db::connect_with(&settings, manner).await?;
        Ok(Arc::new(Self {
            audit: Backlog::start(db.clone()),
            db,
            machinery: Machinery::start(&settings, &redis, &events)?,
            redis,
            storage: ObjectStore::new(&settings.storage)?,
            sealer: Sealer::new(&settings.keys),
            tokens: TokenKeys::new(&settings.keys, settings.api.access_token_life),
            sessions: Sessions::default(),
            hub: Hub::start(&events),
            probe: Probe::default(),
            settings,
            shutdown,
        }))
    }
}

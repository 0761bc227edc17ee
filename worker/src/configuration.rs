//! What administrators change while workers run: system configuration, shifts, and the provider's row. Read together, kept for
//! a moment; a change is in force within five seconds on every worker.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use daybook::Site;
use entity::{detection_provider_config, system_config};
use platform::seal::{PROVIDER_KEY, SealError, Sealer};
use recognition::ProviderConfig;
use sea_orm::{DatabaseConnection, DbErr};
use tokio::sync::Mutex;

/// Below the five seconds within which a change must be in force.
const KEPT: Duration = Duration::from_secs(3);

/// Why the configuration cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// The database is away.
    #[error("database")]
    Database(#[from] DbErr),
    /// A value is not of its type.
    #[error("system configuration")]
    Settings(#[from] system_config::SettingsError),
}

/// One reading of everything.
#[derive(Debug)]
pub struct Snapshot {
    /// The system configuration.
    pub settings: system_config::Settings,
    /// What attendance is judged by.
    pub site: Site,
    /// The provider's row.
    pub provider: detection_provider_config::Model,
}

impl Snapshot {
    /// How the provider is called now.
    ///
    /// # Errors
    /// The stored key cannot be opened.
    pub fn provider_config(&self, sealer: &Sealer) -> Result<ProviderConfig, SealError> {
        let sealed = self.provider.api_key.as_ref();
        Ok(ProviderConfig {
            kind: kind(self.provider.kind).to_owned(),
            endpoint: self.provider.endpoint.clone(),
            api_key: sealed.map(|key| sealer.open(PROVIDER_KEY, key.expose())).transpose()?,
            timeout: Duration::from_millis(self.provider.timeout_ms.unsigned_abs().into()),
        })
    }
}

fn kind(stored: detection_provider_config::ProviderKind) -> &'static str {
    match stored {
        detection_provider_config::ProviderKind::Rollcall => "rollcall",
        detection_provider_config::ProviderKind::Compreface => "compreface",
        detection_provider_config::ProviderKind::Deepstack => "deepstack",
        detection_provider_config::ProviderKind::Http => "http",
    }
}

/// Hands out the newest reading.
pub struct Configuration {
    db: DatabaseConnection,
    // Held while reading, so that a worker full of jobs reads once and not sixteen times.
    kept: Mutex<Option<(Instant, Arc<Snapshot>)>>,
}

impl Configuration {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db, kept: Mutex::default() }
    }

    /// The configuration, at most three seconds old.
    ///
    /// # Errors
    /// It has to be read and cannot.
    pub async fn current(&self) -> Result<Arc<Snapshot>, ConfigurationError> {
        let mut kept = self.kept.lock().await;
        if let Some((read, snapshot)) = &*kept
            && read.elapsed() < KEPT
        {
            return Ok(snapshot.clone());
        }
        let snapshot = Arc::new(read(&self.db).await?);
        *kept = Some((Instant::now(), snapshot.clone()));
        Ok(snapshot)
    }
}

async fn read(db: &DatabaseConnection) -> Result<Snapshot, ConfigurationError> {
    let settings = system_config::Settings::load(db).await?;
    let site = Site::with(&settings, db).await?;
    Ok(Snapshot { settings, site, provider: detection_provider_config::get(db).await? })
}

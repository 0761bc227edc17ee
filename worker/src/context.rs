//! What handlers work with. Built once a process; handlers borrow it, so that a test can build one around its own
//! database, storage and queue.

use std::{sync::Arc, time::Duration};

use capture::{CaptureSettings, Capturer};
use documents::Fonts;
use odoo::{Gateway, Limits};
use platform::{
    Settings, db, events::Publisher, live::LiveVersion, outbound::Outbound, seal::Sealer,
    storage::ObjectStore,
};
use queue::{Queues, QueuesConfig};
use recognition::{Recognisers, Tuning};
use sea_orm::DatabaseConnection;

use crate::{configuration::Configuration, error::StartError, mail::Mailer, provider::ProviderNote};

/// Longest time one capture may take; two fit into a job's 30 s.
const CAPTURE_LIMIT: Duration = Duration::from_secs(12);

/// Connections and clients of one worker.
pub struct Context {
    /// PostgreSQL.
    pub db: DatabaseConnection,
    /// The job queues.
    pub queues: Queues,
    /// Object storage.
    pub storage: ObjectStore,
    /// Opens stored credentials.
    pub sealer: Sealer,
    /// Takes frames.
    pub capturer: Capturer,
    /// The way to Odoo.
    pub odoo: Gateway,
    /// Detection providers.
    pub recognisers: Recognisers,
    /// When the provider's row was last written.
    pub provider_note: ProviderNote,
    /// Tells API replicas what happened.
    pub publisher: Publisher,
    /// Version of the live detections.
    pub live: LiveVersion,
    /// Sends mails, where there is a mail server.
    pub mailer: Option<Mailer>,
    /// Fonts of PDFs, read once.
    pub fonts: Fonts,
    /// Settings that administrators change while we run.
    pub configuration: Configuration,
}

impl Context {
    /// Connects to everything; what is away is reached again later.
    ///
    /// # Errors
    /// Settings that cannot work at all.
    pub async fn new(settings: &Settings) -> Result<Arc<Self>, StartError> {
        let db = db::connect(settings).await?;
        let redis = platform::redis::connect(settings)?;
        let outbound = Outbound::new(settings.outbound_allow_private);
        let prefix = &settings.redis_prefix;
        let queues_config = QueuesConfig { prefix: prefix.clone(), ..QueuesConfig::default() };
        Ok(Arc::new(Self {
            configuration: Configuration::new(db.clone()),
            db,
            queues: Queues::lazy(settings.redis_url.expose(), queues_config)?,
            storage: ObjectStore::new(&settings.storage)?,
            sealer: Sealer::new(&settings.keys),
            capturer: Capturer::new(capture_settings(settings), outbound)?,
            odoo: Gateway::new(outbound, Limits::default())?,
            recognisers: Recognisers::new(outbound, Tuning::default())?,
            provider_note: ProviderNote::default(),
            publisher: Publisher::new(redis.clone(), prefix),
            live: LiveVersion::new(redis, prefix),
            mailer: Mailer::new(settings)?,
            fonts: Fonts::default(),
        }))
    }
}

/// FFmpeg processes are many and short: as many as jobs may run.
fn capture_settings(settings: &Settings) -> CaptureSettings {
    CaptureSettings {
        ffmpeg: settings.capture.ffmpeg_path.clone(),
        media_root: Some(settings.capture.media_root.clone()),
        time_limit: CAPTURE_LIMIT,
        max_processes: settings.worker.concurrency,
        ..CaptureSettings::default()
    }
}

//! What routes reach beyond the database and object storage: the job queues, cameras, detection providers, and the
//! event bus; with the lists that are kept ready for browsers which poll them.

mod accept;
pub(crate) mod cache_signals;
mod camera_lists;
mod errors;
mod live_lists;
mod log_lists;
mod overviews;
mod patience;
mod statistics;

use std::{sync::Arc, time::Duration};

pub use accept::{Asked, Enqueued, Queued};
use camera_lists::drop_at_events;
pub use camera_lists::{CameraLists, CameraQuery};
use capture::{CaptureError, CaptureSettings, Capturer};
use entity::alert;
use jobs::Pending;
pub use live_lists::{LiveLists, LiveQuery};
pub use log_lists::LogLists;
pub use overviews::{Day, Overviews};
pub use patience::{AUDIT, DATABASE, within};
use platform::{
    Settings,
    events::{Alert, Event, Publisher, Subscription},
    live::LiveVersion,
    outbound::Outbound,
    redis::Link,
};
use queue::{QueueError, Queues, QueuesConfig};
use recognition::{ProviderError, Recognisers, Tuning};
pub use statistics::Statistics;

/// FFmpeg processes that this replica runs at the same time, for probes and snapshots that people ask for.
const MAX_PROCESSES: usize = 4;

/// Somebody waits for the answer of a test.
const ODOO: odoo::Limits = odoo::Limits { call: Duration::from_secs(15), settle: Duration::ZERO };

/// Why the machinery cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum MachineryError {
    /// The address of the queue's Redis.
    #[error("the job queue cannot be used")]
    Queue(#[from] QueueError),
    /// TLS for cameras.
    #[error("cameras cannot be called")]
    Capture(#[from] CaptureError),
    /// TLS for Odoo.
    #[error("Odoo cannot be called")]
    Odoo(#[from] odoo::OdooError),
    /// TLS for providers.
    #[error("detection providers cannot be called")]
    Provider(#[from] ProviderError),
}

/// Made once at start, shared by all calls.
pub struct Machinery {
    /// The job queues.
    pub queues: Queues,
    /// Takes pictures and probes streams.
    pub capturer: Capturer,
    /// Clients of detection providers.
    pub recognisers: Recognisers,
    /// The way to Odoo.
    pub odoo: odoo::Gateway,
    /// Which addresses may be called.
    pub outbound: Outbound,
    /// Lists of cameras that are kept ready.
    pub camera_lists: Arc<CameraLists>,
    /// Lists of the newest detections that are kept ready.
    pub live_lists: LiveLists,
    /// Lists of attendance logs whose totals are remembered.
    pub log_lists: LogLists,
    /// Statistics of attendance that are remembered.
    pub statistics: Statistics,
    /// Days at a glance that are kept for a moment.
    pub overviews: Overviews,
    publisher: Publisher,
}

impl Machinery {
    /// Sets everything up; connections are opened when first used.
    ///
    /// # Errors
    /// See [`MachineryError`].
    pub fn start(settings: &Settings, redis: &Link, events: &Subscription) -> Result<Self, MachineryError> {
        let prefix = &settings.redis_prefix;
        let outbound = Outbound::new(settings.outbound_allow_private);
        let queues = QueuesConfig {
            prefix: prefix.clone(),
            answer_within: patience::QUEUE,
            ..QueuesConfig::default()
        };
        let camera_lists = Arc::new(CameraLists::default());
        tokio::spawn(drop_at_events(Arc::clone(&camera_lists), events.listen()));
        Ok(Self {
            queues: Queues::lazy(settings.redis_url.expose(), queues)?,
            capturer: Capturer::new(capture_settings(settings), outbound)?,
            recognisers: Recognisers::new(outbound, Tuning::default())?,
            odoo: odoo::Gateway::new(outbound, ODOO)?,
            outbound,
            camera_lists,
            live_lists: LiveLists::new(LiveVersion::new(redis.clone(), prefix)),
            log_lists: LogLists::default(),
            statistics: Statistics::default(),
            overviews: Overviews::default(),
            publisher: Publisher::new(redis.clone(), prefix),
        })
    }

    /// Tells every replica of an alert that was raised or resolved here.
    pub async fn tell_of_alert(&self, row: &alert::Model) {
        let told = Event::alert(&Alert {
            id: &row.id,
            title: &row.title,
            description: row.description.as_deref(),
            level: row.level,
            kind: &row.kind,
            timestamp: row.timestamp,
            camera_id: row.camera_id.as_deref(),
            acknowledged: row.acknowledged,
            tags: &row.tags.0,
            resolved_at: row.resolved_at,
        });
        if let Some(event) = told {
            self.publish(&event).await;
        }
    }

    /// Hands an accepted job to the queue; where that does not answer soon, the sweeper does it.
    pub async fn push(&self, pending: Pending) {
        let id = pending.id;
        if tokio::time::timeout(patience::PUSH, pending.push(&self.queues)).await.is_err() {
            tracing::warn!(job = %id, "left to the sweeper: the queue does not answer");
        }
    }

    /// Tells every replica; delivery is at most once, so what cannot be told is only logged.
    pub async fn publish(&self, event: &Event) {
        if let Err(error) = within(patience::PUBLISH, self.publisher.publish(event)).await {
            tracing::warn!(%error, "an event was lost");
        }
    }
}

fn capture_settings(settings: &Settings) -> CaptureSettings {
    CaptureSettings {
        ffmpeg: settings.capture.ffmpeg_path.clone(),
        media_root: Some(settings.capture.media_root.clone()),
        max_processes: MAX_PROCESSES,
        ..CaptureSettings::default()
    }
}

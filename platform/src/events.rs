//! What workers tell the world: one Redis channel for the installation, one subscription a process, any number of
//! listeners in it. Delivery is at most once and in order; a listener that falls behind is told how much it lost.

mod message;

use std::{convert::Infallible, time::Duration};

use redis::{RedisError, cmd};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::broadcast;
use uuid::Uuid;

pub use self::message::{Alert, Job, Notification};
use crate::{
    Settings, Shutdown,
    redis::{Address, AddressError, Link, Messages, address},
};

/// Events that a listener may be behind before the oldest are dropped.
const BACKLOG: usize = 4_096;

/// The topics that a client can subscribe to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// New detections.
    Detections,
    /// Cameras that went on- or offline.
    CameraStatus,
    /// Alerts raised or resolved.
    Alerts,
    /// Messages to one user, or to everybody.
    Notifications,
    /// Jobs that changed their state or progress.
    Jobs,
}

/// One thing that happened, with the JSON that clients get, made once by whoever publishes it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Event {
    /// Topic.
    pub channel: Channel,
    /// Camera that it is about, for subscriptions to one camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera_id: Option<String>,
    /// The only user who may see it; nobody in particular where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Uuid>,
    /// The message, ready to be sent.
    pub message: Box<RawValue>,
}

/// Publishes events.
#[derive(Clone)]
pub struct Publisher {
    redis: Link,
    channel: String,
}

impl Publisher {
    /// A publisher for the installation named by `prefix`.
    #[must_use]
    pub fn new(redis: Link, prefix: &str) -> Self {
        Self { redis, channel: channel(prefix) }
    }

    /// Tells every subscribed process.
    ///
    /// # Errors
    /// Redis is away, and the event is lost, as at-most-once delivery allows; callers log it and go on.
    pub async fn publish(&self, event: &Event) -> Result<(), RedisError> {
        let text = serde_json::to_string(event).map_err(|e| RedisError::from(std::io::Error::other(e)))?;
        self.redis.call(cmd("PUBLISH").arg(&self.channel).arg(text)).await
    }
}

/// This process's subscription; [`Subscription::listen`] as often as needed.
#[derive(Clone)]
pub struct Subscription(broadcast::Sender<std::sync::Arc<Event>>);

impl Subscription {
    /// Subscribes, and again whenever Redis comes back, until `shutdown`.
    ///
    /// # Errors
    /// A Redis URL that the client does not understand.
    pub fn start(settings: &Settings, shutdown: Shutdown) -> Result<Self, AddressError> {
        let address = address(settings)?;
        let (sender, _) = broadcast::channel(BACKLOG);
        let reader = Reader { address, channel: channel(&settings.redis_prefix), sender: sender.clone() };
        tokio::spawn(async move {
            tokio::select! { () = reader.run() => {} () = shutdown.wait() => {} }
        });
        Ok(Self(sender))
    }

    /// All events from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<std::sync::Arc<Event>> {
        self.0.subscribe()
    }
}

struct Reader {
    address: Address,
    channel: String,
    sender: broadcast::Sender<std::sync::Arc<Event>>,
}

impl Reader {
    async fn run(&self) {
        let mut pause = Backoff::default();
        loop {
            let Err(error) = self.read(&mut pause).await;
            tracing::warn!(%error, "event subscription lost");
            tokio::time::sleep(pause.next()).await;
        }
    }

    /// Reads until the connection is lost.
    async fn read(&self, pause: &mut Backoff) -> Result<Infallible, RedisError> {
        let mut messages = Messages::of(&self.address, &self.channel).await?;
        pause.reset();
        loop {
            match serde_json::from_slice(&messages.next().await?) {
                // Nobody listening is no error.
                Ok(event) => _ = self.sender.send(std::sync::Arc::new(event)),
                Err(error) => tracing::warn!(%error, "an event that is none was published"),
            }
        }
    }
}

/// Doubles from 50 ms to 1 s, so that a Redis that restarts is found again within a second.
#[derive(Default)]
struct Backoff(u32);

impl Backoff {
    fn next(&mut self) -> Duration {
        self.0 = (self.0 + 1).min(6);
        Duration::from_millis(25 << self.0).min(Duration::from_secs(1))
    }

    fn reset(&mut self) {
        self.0 = 0;
    }
}

fn channel(prefix: &str) -> String {
    format!("{prefix}:events")
}

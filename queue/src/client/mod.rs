//! The handle of producers and operators. It holds one connection, shared by its clones, and no state of its own:
//! any number of processes may hold one.

mod batches;
mod control;
mod enqueue;
mod inspect;
mod list;
mod outbox;
mod rank;
mod source;
mod stats;
mod workers;

use std::sync::Arc;
use std::time::Duration;

use redis::{Cmd, FromRedisValue};

use crate::connection::{Link, Opener, classify};
use crate::error::QueueError;
use crate::keys::Keyspace;

pub use list::JobFilter;

/// Where the queues live.
#[derive(Debug, Clone)]
pub struct QueuesConfig {
    /// Prefix of every key; a test has its own.
    pub prefix: String,
    /// Jobs that may wait in one queue; above it, enqueue answers [`QueueError::Full`].
    pub high_water: u64,
    /// How long Redis may take for one answer.
    pub answer_within: Duration,
}

impl Default for QueuesConfig {
    fn default() -> Self {
        Self { prefix: "rollcall".to_owned(), high_water: 1_000_000, answer_within: Duration::from_secs(8) }
    }
}

/// Producer's and operator's handle on every queue; cheap to clone.
#[derive(Clone)]
pub struct Queues {
    inner: Arc<Inner>,
}

/// The URL may hold a password: only the prefix is shown.
impl std::fmt::Debug for Queues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queues").field("prefix", &self.inner.config.prefix).finish_non_exhaustive()
    }
}

struct Inner {
    opener: Opener,
    link: Link,
    config: QueuesConfig,
    keys: Keyspace,
}

impl Queues {
    /// Connects and checks that the server evicts nothing.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`], [`QueueError::UnfitServer`] for an eviction policy other than `noeviction` or a
    /// server older than Redis 7, [`QueueError::Invalid`] for the URL.
    pub async fn connect(url: &str, config: QueuesConfig) -> Result<Self, QueueError> {
        let queues = Self::lazy(url, config)?;
        queues.check_server().await?;
        Ok(queues)
    }

    /// A handle that connects at its first call: for processes that must start while Redis is away. Call
    /// [`Queues::check_server`] once it answers.
    ///
    /// # Errors
    /// [`QueueError::Invalid`] for the URL or the prefix.
    pub fn lazy(url: &str, config: QueuesConfig) -> Result<Self, QueueError> {
        let opener = Opener::new(url)?;
        let keys = Keyspace::new(&config.prefix)?;
        let link = opener.open(config.answer_within);
        Ok(Self { inner: Arc::new(Inner { opener, link, config, keys }) })
    }

    /// Asks for a sign of life, of every master where there are several.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`].
    pub async fn ping(&self) -> Result<(), QueueError> {
        self.call_each(&redis::cmd("PING")).await.map(drop)
    }

    /// Refuses a server that would lose jobs, and a cluster in which one would.
    ///
    /// # Errors
    /// [`QueueError::UnfitServer`], [`QueueError::Unavailable`].
    pub async fn check_server(&self) -> Result<(), QueueError> {
        let infos = self.call_each(redis::cmd("INFO").arg("everything")).await?;
        infos.iter().try_for_each(|info| check_info(info))
    }

    /// The prefix of every key.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.inner.config.prefix
    }

    pub(crate) fn keys(&self) -> &Keyspace {
        &self.inner.keys
    }

    pub(crate) fn link(&self) -> &Link {
        &self.inner.link
    }

    pub(crate) fn config(&self) -> &QueuesConfig {
        &self.inner.config
    }

    /// A link of its own, for callers that must not queue behind others.
    pub(crate) fn new_link(&self, answer_within: Duration) -> Link {
        self.inner.opener.open(answer_within)
    }

    async fn call<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, QueueError> {
        self.link().call(command).await.map_err(|e| classify(e, ""))
    }

    async fn call_each(&self, command: &Cmd) -> Result<Vec<String>, QueueError> {
        self.link().call_each(command).await.map_err(|e| classify(e, ""))
    }
}

/// Reads what a server says about itself.
fn check_info(info: &str) -> Result<(), QueueError> {
    let field = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let major = field("redis_version").and_then(|v| v.split('.').next()?.parse::<u32>().ok());
    if major.is_none_or(|major| major < 7) {
        return Err(QueueError::UnfitServer("version 7 or newer is needed".to_owned()));
    }
    match field("maxmemory_policy") {
        Some("noeviction") => Ok(()),
        other => Err(QueueError::UnfitServer(format!(
            "maxmemory-policy must be noeviction, it is {}",
            other.unwrap_or("unknown")
        ))),
    }
}

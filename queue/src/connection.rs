//! A connection to Redis that always comes back: it is made when first needed and made anew after any error that a
//! new connection could cure (a drop, a reset, a fail-over that left us at a replica).

use std::sync::Arc;
use std::time::Duration;

use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisError, aio::MultiplexedConnection};
use tokio::sync::RwLock;

use crate::error::QueueError;

/// How long a connection attempt may take.
const CONNECT: Duration = Duration::from_secs(3);

/// A shared connection; clones use the same socket.
#[derive(Clone)]
pub(crate) struct Link {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    answer_within: Duration,
    current: RwLock<Option<Live>>,
}

#[derive(Clone)]
struct Live {
    number: u64,
    connection: MultiplexedConnection,
}

impl Link {
    /// A link to a server; nothing is connected yet. `answer_within` bounds every command.
    pub(crate) fn new(client: Client, answer_within: Duration) -> Self {
        Self { inner: Arc::new(Inner { client, answer_within, current: RwLock::new(None) }) }
    }

    /// Sends one command, and once more when the connection turns out to be gone. Every script of the queue may be
    /// repeated: ids and fences see to that, and a fetch whose answer was lost is returned by its leases.
    pub(crate) async fn call<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        match self.try_call(command).await {
            Err(error) if error.is_connection_dropped() => self.try_call(command).await,
            answer => answer,
        }
    }

    async fn try_call<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        let mut live = self.live().await?;
        let answer = command.query_async(&mut live.connection).await;
        if let Err(error) = &answer
            && is_cured_by_reconnect(error)
        {
            self.forget(live.number).await;
        }
        answer
    }

    async fn live(&self) -> Result<Live, RedisError> {
        if let Some(live) = self.inner.current.read().await.as_ref() {
            return Ok(live.clone());
        }
        let mut current = self.inner.current.write().await;
        if let Some(live) = current.as_ref() {
            return Ok(live.clone());
        }
        let live = Live { number: rand::random(), connection: self.connect().await? };
        *current = Some(live.clone());
        Ok(live)
    }

    async fn connect(&self) -> Result<MultiplexedConnection, RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(self.inner.answer_within));
        self.inner.client.get_multiplexed_async_connection_with_config(&config).await
    }

    /// Drops the connection that failed, unless another caller replaced it already.
    async fn forget(&self, number: u64) {
        let mut current = self.inner.current.write().await;
        if current.as_ref().is_some_and(|live| live.number == number) {
            *current = None;
        }
    }
}

/// A late answer also costs the connection: what comes after it would be waited for as long.
fn is_cured_by_reconnect(error: &RedisError) -> bool {
    error.is_io_error() || error.is_unrecoverable_error() || error.code() == Some("READONLY")
}

/// Sorts an error of Redis into what a caller can do about it.
pub(crate) fn classify(error: RedisError, queue: &str) -> QueueError {
    match error.code() {
        Some("OOM") => QueueError::Full { queue: queue.to_owned() },
        _ => QueueError::Unavailable(error),
    }
}

/// Opens a client for a URL; the settings are read, nothing is connected.
pub(crate) fn open(url: &str) -> Result<Client, QueueError> {
    Client::open(url).map_err(|e| QueueError::Invalid(format!("not a Redis URL: {e}")))
}

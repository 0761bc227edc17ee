//! One server's connection: made when first needed, and made anew after any error that a new connection could cure
//! (a drop, a reset, an answer that does not come, a fail-over that left us at a replica).

use std::time::Duration;

use redis::{AsyncConnectionConfig, Client, Cmd, RedisError, RedisResult, Value, aio::MultiplexedConnection};
use tokio::sync::RwLock;

use crate::master::Master;

/// How long a connection attempt may take.
pub(crate) const CONNECT: Duration = Duration::from_secs(2);

/// A server, or whichever server is the master now.
pub(crate) struct Node {
    server: Server,
    answer_within: Duration,
    current: RwLock<Option<Live>>,
}

pub(crate) enum Server {
    Fixed(Client),
    Watched(Master),
}

#[derive(Clone)]
struct Live {
    number: u64,
    connection: MultiplexedConnection,
}

impl Node {
    /// Nothing is connected yet. `answer_within` bounds every command.
    pub(crate) fn new(server: Server, answer_within: Duration) -> Self {
        Self { server, answer_within, current: RwLock::new(None) }
    }

    /// Sends one command.
    pub(crate) async fn send(&self, command: &Cmd) -> RedisResult<Value> {
        let mut live = self.live().await?;
        let answer = command.query_async(&mut live.connection).await;
        self.judge(live.number, answer).await
    }

    /// Sends one command of a slot that is on its way to this node.
    pub(crate) async fn send_asking(&self, command: &Cmd) -> RedisResult<Value> {
        let mut live = self.live().await?;
        let mut pipe = redis::pipe();
        pipe.cmd("ASKING").ignore().add_command(command.clone());
        let answer = pipe.query_async::<(Value,)>(&mut live.connection).await;
        self.judge(live.number, answer.map(|(value,)| value)).await
    }

    async fn judge(&self, number: u64, answer: RedisResult<Value>) -> RedisResult<Value> {
        if let Err(error) = &answer
            && is_cured_by_reconnect(error)
        {
            self.forget(number).await;
        }
        answer
    }

    async fn live(&self) -> RedisResult<Live> {
        if let Some(live) = self.current.read().await.as_ref() {
            return Ok(live.clone());
        }
        let mut current = self.current.write().await;
        if let Some(live) = current.as_ref() {
            return Ok(live.clone());
        }
        let live = Live { number: rand::random(), connection: self.connect().await? };
        *current = Some(live.clone());
        Ok(live)
    }

    async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(self.answer_within));
        match &self.server {
            Server::Fixed(client) => client.get_multiplexed_async_connection_with_config(&config).await,
            Server::Watched(master) => {
                master.find().await?.get_multiplexed_async_connection_with_config(&config).await
            }
        }
    }

    /// Drops the connection that failed, unless another caller replaced it already.
    async fn forget(&self, number: u64) {
        let mut current = self.current.write().await;
        if current.as_ref().is_some_and(|live| live.number == number) {
            *current = None;
        }
    }
}

/// A late answer also costs the connection: what comes after it would be waited for as long. `READONLY` and
/// `MASTERDOWN` come from a replica, `UNBLOCKED` ends a blocking pop at a master that has become one.
pub(crate) fn is_cured_by_reconnect(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_unrecoverable_error()
        || matches!(error.code(), Some("READONLY" | "MASTERDOWN" | "UNBLOCKED"))
}

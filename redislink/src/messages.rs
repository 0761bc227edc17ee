//! A subscription to one channel. Every node of a cluster hands on what is published at any other, so one connection
//! to any of them is enough.

use std::time::Duration;

use futures_util::StreamExt as _;
use rand::seq::SliceRandom as _;
use redis::aio::{PubSubSink, PubSubStream};
use redis::{Client, RedisError, RedisResult, Value};
use tokio::time::timeout;

use crate::address::{Address, Shape};
use crate::master::Master;
use crate::node::CONNECT;

/// After so long without a message the server is asked whether it is still there: a machine that lost its power
/// closes no connection.
const SILENCE: Duration = Duration::from_secs(5);

/// Messages of one channel, until the connection is lost.
pub struct Messages {
    sink: PubSubSink,
    stream: PubSubStream,
}

impl Messages {
    /// Subscribes to `channel` at `address`. What is published before, or between a loss and the next subscription, is
    /// not delivered.
    ///
    /// # Errors
    /// No server can be reached.
    pub async fn of(address: &Address, channel: &str) -> RedisResult<Self> {
        let mut last = None;
        for client in candidates(address).await? {
            match in_time(CONNECT, Self::at(&client, channel)).await {
                Ok(messages) => return Ok(messages),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound).into()))
    }

    async fn at(client: &Client, channel: &str) -> RedisResult<Self> {
        let (mut sink, stream) = client.get_async_pubsub().await?.split();
        sink.subscribe(channel).await?;
        Ok(Self { sink, stream })
    }

    /// The next message.
    ///
    /// # Errors
    /// The connection is lost; subscribe anew.
    pub async fn next(&mut self) -> RedisResult<Vec<u8>> {
        loop {
            match timeout(SILENCE, self.stream.next()).await {
                Ok(Some(message)) => return Ok(message.get_payload_bytes().to_vec()),
                Ok(None) => return Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted).into()),
                Err(_) => {
                    in_time(CONNECT, self.sink.ping::<Value>()).await?;
                }
            }
        }
    }
}

/// Where a subscription may go, the nodes of a cluster in any order, so that
/// our replicas spread over them.
async fn candidates(address: &Address) -> RedisResult<Vec<Client>> {
    match &address.shape {
        Shape::One(client) => Ok(vec![client.clone()]),
        Shape::Sentinel(watched) => Ok(vec![Master::new(address.clone(), watched.clone()).find().await?]),
        Shape::Cluster => {
            let mut clients =
                address.servers.iter().cloned().map(Client::open).collect::<RedisResult<Vec<_>>>()?;
            clients.shuffle(&mut rand::rng());
            Ok(clients)
        }
    }
}

async fn in_time<T>(limit: Duration, work: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    match timeout(limit, work).await {
        Ok(answer) => answer,
        Err(_) => Err(RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut))),
    }
}

//! What callers hold: a way to send commands to Redis, whatever its shape.

use std::sync::Arc;
use std::time::Duration;

use redis::{Cmd, FromRedisValue, RedisError, RedisResult, Value, from_redis_value};

use crate::address::{Address, Shape};
use crate::cluster::Cluster;
use crate::master::Master;
use crate::node::{Node, Server};

/// A shared connection that comes back by itself; clones use the same sockets. A blocking command stops every other
/// command of its link, so it needs one of its own.
#[derive(Clone)]
pub struct Link {
    route: Route,
}

#[derive(Clone)]
enum Route {
    One(Arc<Node>),
    Cluster(Arc<Cluster>),
}

impl Link {
    /// A link to `address`; nothing is connected yet. `answer_within` bounds the wait for every answer.
    #[must_use]
    pub fn new(address: &Address, answer_within: Duration) -> Self {
        let server = match &address.shape {
            Shape::Cluster => {
                return Self { route: Route::Cluster(Arc::new(Cluster::new(address, answer_within))) };
            }
            Shape::Sentinel(watched) => Server::Watched(Master::new(address.clone(), watched.clone())),
            Shape::One(client) => Server::Fixed(client.clone()),
        };
        Self { route: Route::One(Arc::new(Node::new(server, answer_within))) }
    }

    /// Sends one command, and once more when the connection turns out to be gone: send only what may be repeated. In a
    /// cluster it goes to the node that owns its first key.
    ///
    /// # Errors
    /// Redis is away, answers too late, or answers an error.
    pub async fn call<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        let answer = match self.send(command).await {
            Err(error) if error.is_connection_dropped() => self.send(command).await,
            answer => answer,
        };
        Ok(from_redis_value(answer?)?)
    }

    async fn send(&self, command: &Cmd) -> RedisResult<Value> {
        match &self.route {
            Route::One(node) => node.send(command).await,
            Route::Cluster(cluster) => cluster.send(command).await,
        }
    }

    /// Sends one command to every server that owns keys: to one, or to every master of a cluster.
    ///
    /// # Errors
    /// The first one's.
    pub async fn call_each<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<Vec<T>> {
        let answers = match &self.route {
            Route::One(_) => return Ok(vec![self.call(command).await?]),
            Route::Cluster(cluster) => cluster.send_each(command).await?,
        };
        answers.into_iter().map(|answer| from_redis_value(answer).map_err(RedisError::from)).collect()
    }
}

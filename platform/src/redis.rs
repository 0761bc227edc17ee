//! Connections to Redis that come back by themselves.

use std::time::Duration;

use redis::{
    Client, RedisError,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

use crate::Settings;

/// Longest wait for a connection, and for an answer: a request must learn soon that Redis is away.
const TIMEOUT: Duration = Duration::from_secs(2);

/// A shared connection that reconnects on its own; it is lazy, so a Redis that is away at start stops nothing.
///
/// # Errors
/// A URL that the client does not understand.
pub fn connect(settings: &Settings) -> Result<ConnectionManager, RedisError> {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(TIMEOUT))
        .set_response_timeout(Some(TIMEOUT))
        .set_number_of_retries(1)
        .set_max_delay(Duration::from_secs(1));
    ConnectionManager::new_lazy_with_config(Client::open(settings.redis_url.expose())?, config)
}

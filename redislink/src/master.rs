//! The master that Sentinel watches, looked up anew for every connection: after a fail-over the next connection leads
//! to the server that was promoted.

use redis::sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType};
use redis::{Client, ConnectionAddr, RedisError, RedisResult, TlsMode};
use tokio::time::timeout;

use crate::address::{Address, Watched};
use crate::node::CONNECT;

/// A master by its name.
pub(crate) struct Master {
    address: Address,
    watched: Watched,
}

impl Master {
    pub(crate) fn new(address: Address, watched: Watched) -> Self {
        Self { address, watched }
    }

    /// A client for the server that the sentinels name and that says itself that it is the master. Sentinels are asked
    /// side by side, so one that hangs delays nobody.
    pub(crate) async fn find(&self) -> RedisResult<Client> {
        let mut sentinels = self.sentinels()?;
        match timeout(CONNECT, sentinels.async_get_client()).await {
            Ok(found) => found,
            Err(_) => Err(RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut))),
        }
    }

    fn sentinels(&self) -> RedisResult<SentinelClient> {
        let places = self.address.servers.iter().map(|server| server.addr().clone());
        let mut builder =
            SentinelClientBuilder::new(places, &self.watched.master, SentinelServerType::Master)?;
        if let Some(username) = &self.watched.username {
            builder = builder.set_client_to_sentinel_username(username);
        }
        if let Some(password) = &self.watched.password {
            builder = builder.set_client_to_sentinel_password(password);
        }
        self.sign_in_at_master(builder).build()
    }

    fn sign_in_at_master(&self, mut builder: SentinelClientBuilder) -> SentinelClientBuilder {
        let Some(server) = self.address.servers.first() else { return builder };
        let settings = server.redis_settings();
        builder = builder.set_client_to_redis_db(settings.db());
        if let Some(username) = settings.username() {
            builder = builder.set_client_to_redis_username(username);
        }
        if let Some(password) = settings.password() {
            builder = builder.set_client_to_redis_password(password);
        }
        if matches!(server.addr(), ConnectionAddr::TcpTls { .. }) {
            builder = builder.set_client_to_redis_tls_mode(TlsMode::Secure);
            if let Some(certificates) = &self.address.certificates {
                builder = builder.set_client_to_redis_certificates(certificates.clone());
            }
        }
        builder
    }
}

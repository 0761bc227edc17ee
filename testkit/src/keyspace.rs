//! A part of the shared Redis that belongs to one test: every key in it begins with the test's own prefix.

use crate::servers::SHARED;

/// The test's part of Redis; its keys are deleted when this is dropped.
#[derive(Debug)]
pub struct Keyspace {
    /// URL of the Redis server.
    pub url: String,
    /// What every key (and channel) of this test begins with; it ends without a separator.
    pub prefix: String,
}

/// A fresh key space. The server keeps accepted writes (append-only file) and never evicts.
#[must_use]
pub fn redis() -> Keyspace {
    let prefix = format!("t{}", &uuid::Uuid::new_v4().simple().to_string()[..12]);
    Keyspace { url: SHARED.redis_url.clone(), prefix }
}

impl Keyspace {
    /// A connection of its own to the server.
    pub async fn connect(&self) -> redis::aio::MultiplexedConnection {
        let client = redis::Client::open(self.url.as_str()).unwrap();
        client.get_multiplexed_async_connection().await.expect("the shared Redis answers")
    }

    /// Names of all keys of this test, sorted: for asserting that nothing is left behind. Bytes that are no text are replaced.
    pub async fn keys(&self) -> Vec<String> {
        let mut connection = self.connect().await;
        let keys: Vec<Vec<u8>> = redis::cmd("KEYS")
            .arg(self.pattern())
            .query_async(&mut connection)
            .await
            .expect("KEYS is answered");
        let mut keys: Vec<String> =
            keys.iter().map(|key| String::from_utf8_lossy(key).into_owned()).collect();
        keys.sort();
        keys
    }

    /// Deletes every key of this test, as `FLUSHALL` would.
    pub fn forget(&self) {
        self.delete_all().expect("the shared Redis deletes keys");
    }

    /// Keys begin with the prefix, or with a hash tag that does.
    fn pattern(&self) -> String {
        format!("*{}*", self.prefix)
    }

    fn delete_all(&self) -> redis::RedisResult<()> {
        let mut connection = redis::Client::open(self.url.as_str())?.get_connection()?;
        let keys: Vec<Vec<u8>> = redis::cmd("KEYS").arg(self.pattern()).query(&mut connection)?;
        for some in keys.chunks(1000) {
            redis::cmd("UNLINK").arg(some).exec(&mut connection)?;
        }
        Ok(())
    }
}

impl Drop for Keyspace {
    /// Best effort: the server is a throwaway, and a test that failed must show its own failure, not this
    /// one.
    fn drop(&mut self) {
        let _ = self.delete_all();
    }
}

//! The version of the live detections. A worker raises it when it has stored some, before its job counts as finished;
//! an API replica serves its cached list only while the version is the one it was built for. So a reader who has seen
//! a job finish sees that job's detections, on every replica, and an unchanged list costs no query.

use redis::{RedisError, cmd};

use crate::redis::Link;

/// Reads and raises the version.
#[derive(Clone)]
pub struct LiveVersion {
    redis: Link,
    key: String,
}

impl LiveVersion {
    /// A handle on the installation named by `prefix`.
    #[must_use]
    pub fn new(redis: Link, prefix: &str) -> Self {
        Self { redis, key: format!("{prefix}:live:version") }
    }

    /// Says that detections were stored.
    ///
    /// # Errors
    /// Redis is away; callers log it and go on, since readers never keep a list for longer than 3 seconds.
    pub async fn raise(&self) -> Result<u64, RedisError> {
        self.redis.call(cmd("INCR").arg(&self.key)).await
    }

    /// The version now; 0 where none was stored yet.
    ///
    /// # Errors
    /// Redis is away; callers then read from the database.
    pub async fn current(&self) -> Result<u64, RedisError> {
        Ok(self.redis.call::<Option<u64>>(cmd("GET").arg(&self.key)).await?.unwrap_or(0))
    }
}

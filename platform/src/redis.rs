//! Connections to Redis that come back by themselves, to the servers that `REDIS_URL` names.

use std::time::Duration;

pub use redislink::{Address, AddressError, Link, Messages, Script};

use crate::Settings;

/// Longest wait for an answer: a request must learn soon that Redis is away.
const TIMEOUT: Duration = Duration::from_secs(2);

/// A shared link; it connects when first used, so a Redis that is away at start stops nothing.
///
/// # Errors
/// A URL that names no Redis.
pub fn connect(settings: &Settings) -> Result<Link, AddressError> {
    Ok(Link::new(&address(settings)?, TIMEOUT))
}

/// Where Redis is.
///
/// # Errors
/// A URL that names no Redis.
pub fn address(settings: &Settings) -> Result<Address, AddressError> {
    settings.redis_url.expose().parse()
}

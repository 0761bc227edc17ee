//! How the queue reaches Redis: links of `redislink`, and what an error of one means to a caller.

use std::time::Duration;

use redis::RedisError;
use redislink::Address;
pub(crate) use redislink::Link;

use crate::error::QueueError;

/// Sorts an error of Redis into what a caller can do about it.
pub(crate) fn classify(error: RedisError, queue: &str) -> QueueError {
    match error.code() {
        Some("OOM") => QueueError::Full { queue: queue.to_owned() },
        _ => QueueError::Unavailable(error),
    }
}

/// Opens links to one address, each with sockets of its own. Every script of the queue may be repeated, as a link does
/// when its connection is gone: ids and fences see to that, and a fetch whose answer was lost is returned by its leases.
#[derive(Clone)]
pub(crate) struct Opener {
    address: Address,
}

impl Opener {
    /// Reads the URL; nothing is connected.
    pub(crate) fn new(url: &str) -> Result<Self, QueueError> {
        let address = url.parse().map_err(|e| QueueError::Invalid(format!("the URL of Redis {e}")))?;
        Ok(Self { address })
    }

    /// A link whose answers take no longer than `answer_within`.
    pub(crate) fn open(&self, answer_within: Duration) -> Link {
        Link::new(&self.address, answer_within)
    }
}

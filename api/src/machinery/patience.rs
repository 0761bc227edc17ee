//! How long a call waits for Redis before it goes on without it: somebody sits in front of a browser.

use std::{error::Error, time::Duration};

use tokio::time::timeout;

/// For one answer about jobs.
pub const QUEUE: Duration = Duration::from_secs(2);
/// For telling the others what happened.
pub const PUBLISH: Duration = Duration::from_millis(500);
/// For handing an accepted job to the queue; the outbox has it anyhow.
pub const PUSH: Duration = Duration::from_millis(500);
/// For the version of a cached list, which only saves work.
pub const VERSION: Duration = Duration::from_millis(100);

/// Nothing came in time, or what came was an error.
#[derive(Debug, thiserror::Error)]
pub enum Impatience<E: Error> {
    /// No answer.
    #[error("no answer within {0:?}")]
    Late(Duration),
    /// This answer.
    #[error(transparent)]
    Failed(E),
}

/// What `work` answers, if it does so within `limit`.
///
/// # Errors
/// See [`Impatience`].
pub async fn within<T, E: Error>(
    limit: Duration,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, Impatience<E>> {
    match timeout(limit, work).await {
        Ok(answer) => answer.map_err(Impatience::Failed),
        Err(_) => Err(Impatience::Late(limit)),
    }
}

//! How long a call waits for Redis before it goes on without it, and for the database before it is given up: somebody sits in
//! front of a browser.

use std::{error::Error, time::Duration};

use sea_orm::DbErr;
use tokio::time::timeout;

use crate::error::ApiError;

/// For a connection to the database, or its first answer.
pub const DATABASE: Duration = Duration::from_secs(2);
/// For the audit row of a call that was refused; later it is written behind the client's back.
pub const AUDIT: Duration = Duration::from_secs(1);
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

/// Only the database is waited for in such a way that somebody has to be told.
impl From<Impatience<DbErr>> for ApiError {
    fn from(error: Impatience<DbErr>) -> Self {
        match error {
            Impatience::Failed(error) => error.into(),
            late @ Impatience::Late(_) => Self::unavailable("database", late),
        }
    }
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

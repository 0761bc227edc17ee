//! Waiting for what happens elsewhere: poll until it is so, fail with the name of what did not happen.

use std::future::Future;
use std::time::{Duration, Instant};

/// How long to rest between two looks.
const REST: Duration = Duration::from_millis(20);

/// Calls `look` until it answers `Some`, and returns what it found.
///
/// # Panics
/// When nothing was found within `limit`; the panic points at the caller.
#[track_caller]
pub fn eventually<T, F>(limit: Duration, what: &str, mut look: impl FnMut() -> F) -> impl Future<Output = T>
where
    F: Future<Output = Option<T>>,
{
    let caller = std::panic::Location::caller();
    async move {
        let begun = Instant::now();
        loop {
            if let Some(found) = look().await {
                return found;
            }
            assert!(begun.elapsed() < limit, "not within {limit:?}: {what} (waited for at {caller})");
            tokio::time::sleep(REST).await;
        }
    }
}

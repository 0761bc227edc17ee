//! The pace of work that can wait: behind each batch is a pause as long as the batch, so that those who cannot wait have at least
//! half of database, storage and processors.

use std::time::{Duration, Instant};

/// Longest pause: a batch that stood still itself, at a lock or for the network, took nothing from anybody.
const LONGEST: Duration = Duration::from_millis(500);

/// Does `batch`, and pauses.
pub(crate) async fn at_ease<T>(batch: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let end = batch.await;
    tokio::time::sleep(begun.elapsed().min(LONGEST)).await;
    end
}

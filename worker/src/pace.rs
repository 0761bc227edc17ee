//! The pace of work that can wait: behind each batch is a pause as long as the batch, so that those who cannot wait have at least
//! half of database, storage and processors.

use std::time::{Duration, Instant};

use entity::{Batch, Removed};
use sea_orm::DbErr;

/// Longest pause: a batch that stood still itself, at a lock or for the network, took nothing from anybody.
const LONGEST: Duration = Duration::from_millis(500);

/// Does `batch`, and pauses.
pub(crate) async fn at_ease<T>(batch: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let end = batch.await;
    tokio::time::sleep(begun.elapsed().min(LONGEST)).await;
    end
}

/// Removes batch after batch from `first` on, at ease, until one is not full or `longest` is over; answers how many rows that were.
pub(crate) async fn sweep<F: Future<Output = Result<Removed, DbErr>>>(
    first: Batch,
    longest: Duration,
    remove: impl Fn(Batch) -> F,
) -> Result<u64, DbErr> {
    let (begun, mut total, mut next) = (Instant::now(), 0, Some(first));
    while let Some(batch) = next
        && begun.elapsed() < longest
    {
        let removed = at_ease(remove(batch)).await?;
        total += removed.rows.unsigned_abs();
        next = batch.next(removed);
    }
    Ok(total)
}

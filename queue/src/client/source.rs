//! What a list is merged from: a sorted set, or the running jobs, which are few and are read whole.

use redis::RedisError;
use uuid::Uuid;

use crate::client::Queues;
use crate::connection::classify;
use crate::error::QueueError;
use crate::job::JobId;

/// Running jobs of one queue that a list shows at most.
pub(super) const MOST_RUNNING: usize = 5000;

/// Where an entry stands in the merged order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) ms: f64,
    pub(super) id: JobId,
    pub(super) queue: String,
}

/// One part of a list.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A sorted set, and how many units of its scores are a millisecond.
    Set { queue: String, key: Vec<u8>, scale: f64 },
    /// Entries that were read already, latest first.
    Read(Vec<Entry>),
}

impl Source {
    /// How many entries stand above a time.
    pub(super) async fn count_above(&self, queues: &Queues, ms: f64) -> Result<u64, QueueError> {
        match self {
            Self::Read(entries) => Ok(entries.iter().filter(|entry| entry.ms > ms).count() as u64),
            Self::Set { queue, key, scale } => {
                let above = if ms.is_finite() { format!("({}", ms * scale) } else { "-inf".to_owned() };
                let mut count = redis::cmd("ZCOUNT");
                count.arg(key).arg(above).arg("+inf");
                queues.link().call(&count).await.map_err(|e| classify(e, queue))
            }
        }
    }

    /// The entries from a rank on, latest first.
    pub(super) async fn read(
        &self,
        queues: &Queues,
        from: u64,
        count: u64,
    ) -> Result<Vec<Entry>, QueueError> {
        match self {
            Self::Read(entries) => {
                let [from, count] = [from, count].map(|n| usize::try_from(n).unwrap_or(usize::MAX));
                Ok(entries.iter().skip(from).take(count).cloned().collect())
            }
            Self::Set { queue, key, scale } => {
                let mut range = redis::cmd("ZREVRANGE");
                range.arg(key).arg(from).arg(from + count - 1).arg("WITHSCORES");
                let answer: Result<Vec<(Vec<u8>, f64)>, RedisError> = queues.link().call(&range).await;
                let entry = |(id, score): (Vec<u8>, f64)| {
                    Some(Entry { ms: score / scale, id: Uuid::from_slice(&id).ok()?, queue: queue.clone() })
                };
                Ok(answer.map_err(|e| classify(e, queue))?.into_iter().filter_map(entry).collect())
            }
        }
    }
}

/// The later one first; the id decides between equals, so that pages do not overlap.
pub(super) fn latest_first(entries: &mut [Entry]) {
    entries.sort_by(|a, b| b.ms.total_cmp(&a.ms).then_with(|| b.id.cmp(&a.id)));
}

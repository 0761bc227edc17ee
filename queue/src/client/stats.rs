//! Statistics of queues.

use std::collections::HashSet;

use redis::{FromRedisValue, Value, from_redis_value};

use crate::client::Queues;
use crate::connection::classify;
use crate::error::QueueError;
use crate::machine::JobState;
use crate::script::STATS;
use crate::stats::{Depth, QueueStats, Unclaimed, WorkerInfo};

/// The columns that follow a name in the script's answer.
const COLUMNS: [JobState; 8] = [
    JobState::Ready,
    JobState::Ready,
    JobState::Scheduled,
    JobState::Retry,
    JobState::Done,
    JobState::Dead,
    JobState::Cancelled,
    JobState::Expired,
];

impl Queues {
    /// Every queue at a glance, by name.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`], [`QueueError::Corrupt`].
    pub async fn queue_stats(&self) -> Result<Vec<QueueStats>, QueueError> {
        let workers = self.workers().await?;
        let workers = &workers;
        self.in_every_queue(|queue| async move { self.stats_of(queue, workers).await }).await
    }

    async fn stats_of(&self, queue: String, workers: &[WorkerInfo]) -> Result<QueueStats, QueueError> {
        let call = STATS.on(&self.keys().queue(&queue));
        let answer: Vec<Value> = STATS.run(self.link(), &call).await.map_err(|e| classify(e, &queue))?;
        let mut from = answer.into_iter();
        let (paused, running, alone): (u64, u64, u64) =
            (next(&mut from)?, next(&mut from)?, next(&mut from)?);
        let (oldest_ms, ended): (f64, f64) = (next(&mut from)?, next(&mut from)?);
        let mut depth = Depth::default();
        depth.add(JobState::Running, running);
        depth.add(JobState::Ready, alone);
        let known = kinds_known(&queue, workers);
        let mut unclaimed = Vec::new();
        while from.len() > 0 {
            let name: String = next(&mut from)?;
            for (column, state) in COLUMNS.into_iter().enumerate() {
                let count: i64 = next(&mut from)?;
                depth.add(state, u64::try_from(count).unwrap_or(0));
                if column == 0 && count > 0 && !known.contains(name.as_str()) {
                    unclaimed.extend(unclaimed_of(&name, count));
                }
            }
        }
        unclaimed.sort_by(|a, b| (&a.kind, a.version).cmp(&(&b.kind, b.version)));
        Ok(QueueStats {
            name: queue,
            depth,
            oldest_wait_seconds: (oldest_ms >= 0.0).then_some(oldest_ms / 1000.0),
            rate_per_second: ended / 60.0,
            paused: paused == 1,
            unclaimed,
        })
    }
}

/// The `kind:version` names that some live worker takes from the queue.
fn kinds_known(queue: &str, workers: &[WorkerInfo]) -> HashSet<String> {
    let of_queue = workers.iter().filter(|worker| worker.queues.iter().any(|each| each == queue));
    of_queue.flat_map(|worker| &worker.kinds).map(|(kind, version)| format!("{kind}:{version}")).collect()
}

fn unclaimed_of(name: &str, count: i64) -> Option<Unclaimed> {
    let (kind, version) = name.rsplit_once(':')?;
    Some(Unclaimed {
        kind: kind.to_owned(),
        version: version.parse().ok()?,
        count: u64::try_from(count).ok()?,
    })
}

fn next<T: FromRedisValue>(from: &mut impl Iterator<Item = Value>) -> Result<T, QueueError> {
    let value = from.next().ok_or_else(|| QueueError::Corrupt("statistics are cut".to_owned()))?;
    from_redis_value(value).map_err(|e| QueueError::Corrupt(format!("statistics: {e}")))
}

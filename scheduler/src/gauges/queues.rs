//! The gauges of queues and workers.

use std::collections::HashMap;

use metrics::{Gauge, gauge};
use queue::{QueueError, QueueStats, Queues};

use super::forget;

/// What Redis answered.
pub(super) struct Figures {
    queues: Vec<QueueStats>,
    workers: usize,
}

pub(super) async fn read(queues: &Queues) -> Result<Figures, QueueError> {
    Ok(Figures { queues: queues.queue_stats().await?, workers: queues.workers().await?.len() })
}

/// The queues that have gauges. One that is gone, as after a `FLUSHALL`, must not keep its last figures.
#[derive(Default)]
pub(super) struct Board(HashMap<String, Vec<Gauge>>);

impl Board {
    /// Shows what was read, or that nothing is known.
    #[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 workers")]
    pub(super) fn show(&mut self, read: Option<&Figures>) {
        let mut unknown = std::mem::take(&mut self.0);
        for stats in read.map(|figures| figures.queues.as_slice()).unwrap_or_default() {
            unknown.remove(&stats.name);
            self.0.insert(stats.name.clone(), tell(stats));
        }
        unknown.values().flatten().for_each(forget);
        gauge!("rollcall_workers").set(read.map_or(f64::NAN, |figures| figures.workers as f64));
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float, and a queue holds a million jobs at most"
)]
fn tell(stats: &QueueStats) -> Vec<Gauge> {
    let unclaimed: u64 = stats.unclaimed.iter().map(|kind| kind.count).sum();
    let waited = stats.oldest_wait_seconds.unwrap_or(0.0);
    let of_states = stats.depth.iter().map(|(state, jobs)| {
        let queue = stats.name.clone();
        (gauge!("rollcall_queue_depth", "queue" => queue, "state" => state.as_str()), jobs as f64)
    });
    let others = [
        (gauge!("rollcall_queue_latency_seconds", "queue" => stats.name.clone()), waited),
        (gauge!("rollcall_queue_unclaimed", "queue" => stats.name.clone()), unclaimed as f64),
    ];
    let told = of_states.chain(others).map(|(gauge, value)| {
        gauge.set(value);
        gauge
    });
    told.collect()
}

//! What Prometheus learns of the queues as a whole. Any scheduler can tell, since the figures stand in Redis; a queue whose figures
//! cannot be had keeps its last ones, never a zero.

use std::time::Duration;

use metrics::gauge;
use platform::Shutdown;
use queue::{QueueStats, Queues};

/// Shorter than any scrape interval, and cheap: one script a queue.
const EVERY: Duration = Duration::from_secs(5);

/// Keeps the gauges up to date until `shutdown`.
pub(crate) async fn keep(queues: Queues, shutdown: Shutdown) {
    while !shutdown.started() {
        if let Err(error) = read(&queues).await {
            tracing::debug!(%error, "no figures of the queues");
        }
        tokio::select! {
            () = shutdown.wait() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn read(queues: &Queues) -> Result<(), queue::QueueError> {
    queues.queue_stats().await?.iter().for_each(tell);
    #[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 workers")]
    gauge!("rollcall_workers").set(queues.workers().await?.len() as f64);
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float, and a queue holds a million jobs at most"
)]
fn tell(stats: &QueueStats) {
    for (state, jobs) in stats.depth.iter() {
        gauge!("rollcall_queue_depth", "queue" => stats.name.clone(), "state" => state.as_str())
            .set(jobs as f64);
    }
    let waited = stats.oldest_wait_seconds.unwrap_or(0.0);
    gauge!("rollcall_queue_latency_seconds", "queue" => stats.name.clone()).set(waited);
    let unclaimed: u64 = stats.unclaimed.iter().map(|kind| kind.count).sum();
    gauge!("rollcall_queue_unclaimed", "queue" => stats.name.clone()).set(unclaimed as f64);
}

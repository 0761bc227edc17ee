//! Whether a fetch stays as fast however many jobs wait.

use queue::Retention;

use crate::fixture::{fresh, prefill};
use crate::throughput::take_down;

/// Jobs taken at each depth.
const TAKEN: usize = 50_000;

pub(crate) async fn measure(url: &str) {
    println!("waiting jobs      jobs/s   CPU us a job: worker  Redis   us a script call");
    for waiting in [TAKEN, 200_000, 1_000_000] {
        let queues = fresh(url).await;
        prefill(&queues, waiting, Retention::CountersOnly).await;
        let run = take_down(url, &queues, 1, 64, TAKEN).await;
        println!(
            "{waiting:12}  {:10.0}  {:20.1}  {:5.1}  {:17.1}",
            TAKEN as f64 / run.seconds,
            run.worker_cpu * 1e6 / TAKEN as f64,
            run.redis.cpu * 1e6 / TAKEN as f64,
            run.redis.script_seconds * 1e6 / run.redis.scripts,
        );
    }
}

//! The worker's entry in the registry: who it is, what it takes and what it runs, renewed every few seconds.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use redis::RedisError;
use tokio::time::{MissedTickBehavior, interval};

use crate::connection::Link;
use crate::millis;
use crate::script::HEARTBEAT;
use crate::stats::WorkerInfo;
use crate::worker::health::Place;
use crate::worker::shared::Shared;

/// Ids of running jobs that a report carries at most.
const SAMPLE: usize = 100;
/// Missed reports after which a worker counts as gone.
const MISSES: u32 = 5;

/// Reports one worker.
pub(crate) struct Registry {
    shared: Arc<Shared>,
    link: Link,
    started_at: DateTime<Utc>,
}

impl Registry {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let link = shared.queues.new_link(shared.options.lease / 2);
        Self { shared, link, started_at: Utc::now() }
    }

    /// Reports for ever.
    pub(crate) async fn report_loop(&self) {
        let mut tick = interval(self.shared.options.heartbeat_every);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            match self.send(&self.description()).await {
                Ok(()) => self.shared.note_answer(Place::Registry),
                Err(error) => self.shared.note_failure(Place::Registry, "report", &error),
            }
        }
    }

    /// Takes the worker out of the registry.
    pub(crate) async fn leave(&self) -> Result<(), RedisError> {
        self.send("").await
    }

    async fn send(&self, description: &str) -> Result<(), RedisError> {
        let options = &self.shared.options;
        let mut call = HEARTBEAT.on(&self.shared.queues.keys().registry());
        call.arg(&options.name).arg(description).arg(millis::of(options.heartbeat_every * MISSES));
        for source in &self.shared.sources {
            call.arg(&*source.name);
        }
        HEARTBEAT.run::<u64>(&self.link, &call).await.map(drop)
    }

    fn description(&self) -> String {
        let options = &self.shared.options;
        let (running_count, running) = self.shared.running.sample(SAMPLE);
        let info = WorkerInfo {
            name: options.name.clone(),
            host: options.host.clone(),
            pid: std::process::id(),
            version: options.version.clone(),
            queues: options.queues.iter().map(|queue| queue.name.clone()).collect(),
            kinds: options.kinds.clone(),
            running,
            running_count: running_count as u64,
            started_at: self.started_at,
            last_heartbeat: Utc::now(),
        };
        // Plain data: writing it as JSON cannot fail.
        serde_json::to_string(&info).unwrap_or_default()
    }
}

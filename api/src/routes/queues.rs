//! `/queues`: how much waits where, and stopping a queue for a while.

use std::sync::Arc;

use poem_openapi::{Object, OpenApi, param::Path};
use queue::{Depth, JobState, QueueStats};

use super::Tag;
use crate::{
    audit::{Change, Entry},
    auth::{Auth, JobsRead, JobsWrite},
    call::Call,
    envelope::Reply,
    error::ApiError,
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

/// Jobs by state.
#[derive(Debug, Object)]
pub struct QueueDepth {
    scheduled: u64,
    ready: u64,
    running: u64,
    retry: u64,
    done: u64,
    dead: u64,
    cancelled: u64,
    expired: u64,
}

impl From<Depth> for QueueDepth {
    fn from(depth: Depth) -> Self {
        Self {
            scheduled: depth.of(JobState::Scheduled),
            ready: depth.of(JobState::Ready),
            running: depth.of(JobState::Running),
            retry: depth.of(JobState::Retry),
            done: depth.of(JobState::Done),
            dead: depth.of(JobState::Dead),
            cancelled: depth.of(JobState::Cancelled),
            expired: depth.of(JobState::Expired),
        }
    }
}

/// Waiting jobs that no live worker knows how to run.
#[derive(Debug, Object)]
pub struct UnclaimedJobs {
    /// Their kind.
    #[oai(rename = "type")]
    kind: String,
    /// The version of their payload.
    version: u16,
    /// How many.
    count: u64,
}

/// A queue at a glance.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Queue {
    /// Its name.
    name: String,
    /// Jobs by state.
    depth: QueueDepth,
    /// Age in seconds of the oldest job that waits for a worker; null where none waits.
    oldest_wait_seconds: Option<f64>,
    /// Jobs ended per second, over the last minute.
    rate: f64,
    /// Whether nothing is taken from it.
    paused: bool,
    /// Waiting jobs that nobody takes.
    unclaimed: Vec<UnclaimedJobs>,
}

impl From<QueueStats> for Queue {
    fn from(stats: QueueStats) -> Self {
        let unclaimed = |jobs: queue::Unclaimed| UnclaimedJobs {
            kind: jobs.kind,
            version: jobs.version,
            count: jobs.count,
        };
        Self {
            name: stats.name,
            depth: stats.depth.into(),
            oldest_wait_seconds: stats.oldest_wait_seconds,
            rate: stats.rate_per_second,
            paused: stats.paused,
            unclaimed: stats.unclaimed.into_iter().map(unclaimed).collect(),
        }
    }
}

/// A queue and whether it stands still.
#[derive(Debug, Object)]
struct QueueState {
    name: String,
    paused: bool,
}

#[OpenApi(prefix_path = "/queues", tag = "Tag::Jobs")]
impl Api {
    /// All queues
    #[oai(path = "/", method = "get")]
    async fn list(&self, _auth: Auth<JobsRead>) -> Result<Reply<Vec<Queue>>, ApiError> {
        let mut all = self.0.machinery.queues.queue_stats().await?;
        for name in jobs::queues::ALL {
            // One that was never used is unknown to Redis.
            if all.iter().all(|queue| queue.name != name) {
                all.push(unused(name));
            }
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Reply(all.into_iter().map(Into::into).collect()))
    }

    /// Stop taking jobs from a queue
    ///
    /// What runs goes on, and jobs are still accepted.
    #[oai(path = "/:name/pause", method = "post")]
    async fn pause(&self, auth: Auth<JobsWrite>, name: Path<String>) -> Result<Reply<QueueState>, ApiError> {
        self.set_paused(&auth.call, name.0, true).await
    }

    /// Take jobs from a queue again
    #[oai(path = "/:name/resume", method = "post")]
    async fn resume(&self, auth: Auth<JobsWrite>, name: Path<String>) -> Result<Reply<QueueState>, ApiError> {
        self.set_paused(&auth.call, name.0, false).await
    }
}

impl Api {
    async fn set_paused(
        &self,
        call: &Arc<Call>,
        name: String,
        paused: bool,
    ) -> Result<Reply<QueueState>, ApiError> {
        let queues = &self.0.machinery.queues;
        let known = jobs::queues::ALL.contains(&name.as_str()) || queues.queue_names().await?.contains(&name);
        if !known {
            return Err(ApiError::not_found("queue"));
        }
        let (action, done) = if paused { ("queue.pause", "paused") } else { ("queue.resume", "resumed") };
        let change = Change::begin(&self.0.db, call).await?;
        if paused {
            queues.pause(&name).await?;
        } else {
            queues.resume(&name).await?;
        }
        change.commit(Entry::new(action, format!("Queue {name} was {done}")).on("queue", &name)).await?;
        Ok(Reply(QueueState { name, paused }))
    }
}

fn unused(name: &str) -> QueueStats {
    QueueStats {
        name: name.to_owned(),
        depth: Depth::default(),
        oldest_wait_seconds: None,
        rate_per_second: 0.0,
        paused: false,
        unclaimed: Vec::new(),
    }
}

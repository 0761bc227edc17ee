//! `/workers`: who runs the jobs.

use std::sync::Arc;

use poem_openapi::{Object, OpenApi};
use queue::WorkerInfo;
use uuid::Uuid;

use super::Tag;
use crate::{
    auth::{Auth, JobsRead},
    envelope::Reply,
    error::ApiError,
    state::App,
    timestamp::Timestamp,
};

/// The routes.
pub struct Api(pub Arc<App>);

/// A live worker, as it last reported itself.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Worker {
    /// Unique per process.
    name: String,
    /// The machine.
    host: String,
    /// The process's number.
    pid: u32,
    /// The program's version.
    version: String,
    /// The queues it takes from.
    queues: Vec<String>,
    /// Jobs it runs now: ids, at most 100 of them.
    running: Vec<Uuid>,
    /// How many it runs now.
    running_count: u64,
    /// When it started.
    started_at: Timestamp,
    /// When it last reported.
    last_heartbeat: Timestamp,
}

impl From<WorkerInfo> for Worker {
    fn from(worker: WorkerInfo) -> Self {
        Self {
            name: worker.name,
            host: worker.host,
            pid: worker.pid,
            version: worker.version,
            queues: worker.queues,
            running: worker.running,
            running_count: worker.running_count,
            started_at: worker.started_at.into(),
            last_heartbeat: worker.last_heartbeat.into(),
        }
    }
}

#[OpenApi(prefix_path = "/workers", tag = "Tag::Jobs")]
impl Api {
    /// All live workers
    #[oai(path = "/", method = "get")]
    async fn list(&self, _auth: Auth<JobsRead>) -> Result<Reply<Vec<Worker>>, ApiError> {
        Ok(Reply(self.0.machinery.queues.workers().await?.into_iter().map(Into::into).collect()))
    }
}

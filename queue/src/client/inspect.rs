//! Reading single jobs, and what a running handler says about its own.

use std::future::Future;

use futures_util::future::try_join_all;
use redis::{RedisError, Value};

use crate::client::Queues;
use crate::connection::classify;
use crate::delivery::Fence;
use crate::error::QueueError;
use crate::job::JobId;
use crate::record::{Fields, view};
use crate::script::{PROGRESS, VIEW};
use crate::view::{JobView, Progress};

impl Queues {
    /// One job with everything known about it.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`], [`QueueError::Corrupt`].
    pub async fn job(&self, id: JobId) -> Result<Option<JobView>, QueueError> {
        let found = self.in_every_queue(|queue| async move { self.views(&queue, &[id]).await }).await?;
        Ok(found.into_iter().flatten().next())
    }

    /// The names of all queues, sorted.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`].
    pub async fn queue_names(&self) -> Result<Vec<String>, QueueError> {
        let mut names: Vec<String> = self.call(redis::cmd("SMEMBERS").arg(self.keys().queues())).await?;
        names.sort();
        Ok(names)
    }

    /// Asks every queue at once: a job's id does not tell its queue.
    pub(super) async fn in_every_queue<T, F>(&self, ask: impl Fn(String) -> F) -> Result<Vec<T>, QueueError>
    where
        F: Future<Output = Result<T, QueueError>>,
    {
        try_join_all(self.queue_names().await?.into_iter().map(ask)).await
    }

    /// Reads jobs of one queue; unknown ones are left out.
    pub(super) async fn views(&self, queue: &str, ids: &[JobId]) -> Result<Vec<JobView>, QueueError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut call = VIEW.on(&self.keys().queue(queue));
        ids.iter().for_each(|id| {
            call.arg(id.as_bytes());
        });
        let columns: Columns =
            VIEW.run(self.link(), &call).await.map_err(|e: RedisError| classify(e, queue))?;
        Ok(read_columns(queue, ids, columns)?.into_iter().flatten().collect())
    }

    /// Stores progress on behalf of one run.
    pub(crate) async fn report_progress(
        &self,
        queue: &str,
        id: JobId,
        fence: Fence,
        percent: u8,
        text: &str,
    ) -> Result<(), QueueError> {
        let progress = Progress { percent: percent.min(100), text: text.chars().take(500).collect() };
        let json = serde_json::to_string(&progress).map_err(|e| QueueError::Invalid(e.to_string()))?;
        if self.ask_run(queue, id, fence, &json).await? { Ok(()) } else { Err(QueueError::LeaseLost) }
    }

    /// Whether this run holds the lease now.
    pub(crate) async fn holds_lease(&self, queue: &str, id: JobId, fence: Fence) -> Result<bool, QueueError> {
        self.ask_run(queue, id, fence, "").await
    }

    async fn ask_run(&self, queue: &str, id: JobId, fence: Fence, json: &str) -> Result<bool, QueueError> {
        let mut call = PROGRESS.on(&self.keys().queue(queue));
        call.arg(id.as_bytes()).arg(fence.as_slice()).arg(json);
        let answer: Value = PROGRESS.run(self.link(), &call).await.map_err(|e| classify(e, queue))?;
        Ok(answer == Value::Int(1))
    }
}

/// Puts the columns of several jobs together, in the order of their ids; `None` for an unknown one.
pub(super) fn read_columns(
    queue: &str,
    ids: &[JobId],
    columns: Columns,
) -> Result<Vec<Option<JobView>>, QueueError> {
    let (packed, run, log, result, progress) = columns;
    let rows = packed.into_iter().zip(run).zip(log).zip(result).zip(progress);
    ids.iter()
        .zip(rows)
        .map(|(id, ((((packed, run), log), result), progress))| {
            packed.map(|packed| view(*id, queue, Fields { packed, run, log, result, progress })).transpose()
        })
        .collect()
}

/// The fields of several jobs, column by column.
pub(super) type Columns = (
    Vec<Option<Vec<u8>>>,
    Vec<Option<Vec<u8>>>,
    Vec<Option<String>>,
    Vec<Option<String>>,
    Vec<Option<String>>,
);

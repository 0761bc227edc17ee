//! Batches: open one with its completion job, enqueue members that name it, seal it.

use redis::Cmd;

use crate::batch::{BatchId, BatchView};
use crate::client::Queues;
use crate::connection::classify;
use crate::error::QueueError;
use crate::job::NewJob;
use crate::packed::pack;
use crate::script::BATCH;

impl Queues {
    /// Opens a batch in the queue of its completion job, whose id becomes [`BatchId::completion`]. Opening it again
    /// changes nothing. Members are jobs of the same queue with `options.batch` set to the batch.
    ///
    /// # Errors
    /// [`QueueError::Invalid`], [`QueueError::Unavailable`].
    pub async fn open_batch(&self, batch: BatchId, completion: &NewJob) -> Result<BatchView, QueueError> {
        completion.check()?;
        let mut call = self.batch_call(&completion.options.queue, "open", batch);
        call.arg(batch.completion().as_bytes()).arg(pack(completion));
        self.batch_view(&completion.options.queue, batch, &call).await
    }

    /// Says that no more members will come: the completion job is enqueued when the last one has ended.
    ///
    /// # Errors
    /// [`QueueError::Invalid`] for an unknown batch, [`QueueError::Unavailable`].
    pub async fn seal_batch(&self, queue: &str, batch: BatchId) -> Result<BatchView, QueueError> {
        let call = self.batch_call(queue, "seal", batch);
        self.batch_view(queue, batch, &call).await
    }

    /// How far a batch is.
    ///
    /// # Errors
    /// [`QueueError::Invalid`] for an unknown batch, [`QueueError::Unavailable`].
    pub async fn batch(&self, queue: &str, batch: BatchId) -> Result<BatchView, QueueError> {
        let call = self.batch_call(queue, "view", batch);
        self.batch_view(queue, batch, &call).await
    }

    fn batch_call(&self, queue: &str, op: &str, batch: BatchId) -> Cmd {
        let mut call = BATCH.on(&self.keys().queue(queue));
        call.arg(op).arg(batch.0.as_bytes());
        call
    }

    async fn batch_view(&self, queue: &str, id: BatchId, call: &Cmd) -> Result<BatchView, QueueError> {
        let answer: Vec<u64> = BATCH.run(self.link(), call).await.map_err(|e| classify(e, queue))?;
        let [sealed, outstanding, done, failed, completed] = answer[..] else {
            return Err(QueueError::Invalid("there is no such batch".to_owned()));
        };
        Ok(BatchView { id, sealed: sealed == 1, outstanding, done, failed, completed: completed == 1 })
    }
}

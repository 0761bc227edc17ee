//! Enqueueing: jobs are grouped by queue and sent in scripts of at most 500.

use std::collections::BTreeMap;

use redis::{Cmd, RedisError};
use uuid::Uuid;

use crate::client::Queues;
use crate::connection::classify;
use crate::error::QueueError;
use crate::job::{Enqueued, JobId, NewJob};
use crate::packed::{pack, run_at_ms};
use crate::script::ENQUEUE;

/// No script touches more jobs than this.
pub(crate) const SCRIPT_JOBS: usize = 500;

impl Queues {
    /// Enqueues jobs, of any queues. An id that is known already, and a unique key that is taken, are answered as
    /// duplicates; the order of the answers is the order of the jobs.
    ///
    /// # Errors
    /// [`QueueError::Invalid`] and [`QueueError::PayloadTooLarge`] before anything is sent; [`QueueError::Full`] and
    /// [`QueueError::Unavailable`], after which some of the jobs may have been enqueued: send them again, ids make
    /// that safe.
    pub async fn enqueue(&self, jobs: &[NewJob]) -> Result<Vec<Enqueued>, QueueError> {
        jobs.iter().try_for_each(NewJob::check)?;
        if let [job] = jobs {
            return self.enqueue_in(&job.options.queue, &[job]).await;
        }
        let mut by_queue: BTreeMap<&str, Vec<(usize, &NewJob)>> = BTreeMap::new();
        for (position, job) in jobs.iter().enumerate() {
            by_queue.entry(&job.options.queue).or_default().push((position, job));
        }
        let mut answers: Vec<Enqueued> =
            jobs.iter().map(|job| Enqueued { id: job.id, duplicate: false }).collect();
        for (queue, members) in by_queue {
            for chunk in members.chunks(SCRIPT_JOBS) {
                let of_queue: Vec<&NewJob> = chunk.iter().map(|(_, job)| *job).collect();
                let answered = self.enqueue_in(queue, &of_queue).await?;
                for ((position, _), answer) in chunk.iter().zip(answered) {
                    answers[*position] = answer;
                }
            }
        }
        Ok(answers)
    }

    async fn enqueue_in(&self, queue: &str, jobs: &[&NewJob]) -> Result<Vec<Enqueued>, QueueError> {
        let call = self.enqueue_call(queue, jobs);
        let answer: (u64, Vec<Vec<u8>>) =
            ENQUEUE.run(self.link(), &call).await.map(split_first).map_err(|e| refused(e, queue))?;
        if answer.0 > 0 {
            self.announce(queue).await?;
        }
        jobs.iter().zip(answer.1).map(|(job, raw)| read_answer(job.id, &raw)).collect()
    }

    fn enqueue_call(&self, queue: &str, jobs: &[&NewJob]) -> Cmd {
        let mut call = ENQUEUE.on(&self.keys().queue(queue));
        call.arg(self.config().high_water);
        for job in jobs {
            call.arg(job.id.as_bytes()).arg(run_at_ms(&job.options)).arg(pack(job));
        }
        call
    }

    /// Makes a queue known to lists and statistics. Workers repeat it with each heartbeat.
    async fn announce(&self, queue: &str) -> Result<(), QueueError> {
        self.call::<u64>(redis::cmd("SADD").arg(self.keys().queues()).arg(queue)).await.map(drop)
    }
}

fn split_first(mut answer: Vec<redis::Value>) -> (u64, Vec<Vec<u8>>) {
    let rest = answer.split_off(answer.len().min(1));
    let first = answer.first().map_or(0, |value| match value {
        redis::Value::Int(n) => n.unsigned_abs(),
        _ => 0,
    });
    let ids = rest.into_iter().map(|value| match value {
        redis::Value::BulkString(bytes) => bytes,
        _ => Vec::new(),
    });
    (first, ids.collect())
}

/// Sixteen bytes stand for a new job, seventeen for a duplicate of the one they name.
fn read_answer(own: JobId, raw: &[u8]) -> Result<Enqueued, QueueError> {
    let (id, mark) =
        raw.split_at_checked(16).ok_or_else(|| QueueError::Corrupt("answer to enqueue".to_owned()))?;
    let id = Uuid::from_slice(id).unwrap_or(own);
    Ok(Enqueued { id, duplicate: !mark.is_empty() })
}

fn refused(error: RedisError, queue: &str) -> QueueError {
    if error.code() == Some("FULL") {
        return QueueError::Full { queue: queue.to_owned() };
    }
    classify(error, queue)
}

//! From the answer of a fetch to deliveries. A payload that does not decode ends its job as dead, with the reason.

use std::sync::Arc;
use std::time::Duration;

use apalis_core::task::Task;
use apalis_core::task::builder::TaskBuilder;
use apalis_core::task::task_id::TaskId;
use chrono::Utc;
use metrics::SharedString;
use redis::{Value, from_redis_value};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::delivery::{Delivery, Fence, JobHandle, Run};
use crate::error::QueueError;
use crate::job::JobId;
use crate::options::Retention;
use crate::packed::unpack;
use crate::worker::ack::{Ack, Verdict};
use crate::worker::running::{Entry, Stop};
use crate::worker::shared::Shared;
use crate::worker::turn::{Salt, fence};

/// The answer of one fetch.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) next_due: Option<Duration>,
    /// 1: become idle for a job that must run alone; 2: this is that job.
    pub(crate) alone: u8,
    pub(crate) jobs: Vec<RawJob>,
}

/// One leased job, packed.
#[derive(Debug)]
pub(crate) struct RawJob {
    id: JobId,
    fence: Fence,
    attempt: u32,
    packed: Vec<u8>,
}

impl Fetched {
    /// Reads what follows the codes in the script's answer; a part that does not decode is left to its lease.
    pub(crate) fn read(mut values: impl ExactSizeIterator<Item = Value>, salt: Salt) -> Self {
        let due: Option<i64> = values.next().and_then(|value| from_redis_value(value).ok());
        let alone = values.next().and_then(|value| from_redis_value(value).ok()).unwrap_or(0);
        let mut jobs = Vec::with_capacity(values.len() / 3);
        let mut place = 0;
        while let (Some(id), Some(attempt), Some(packed)) = (values.next(), values.next(), values.next()) {
            place += 1;
            jobs.extend(RawJob::read(id, fence(salt, place), attempt, packed));
        }
        let next_due = due.and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis);
        Self { next_due, alone, jobs }
    }
}

impl RawJob {
    fn read(id: Value, fence: Fence, attempt: Value, packed: Value) -> Option<Self> {
        let (Value::BulkString(id), Value::Int(attempt), Value::BulkString(packed)) = (id, attempt, packed)
        else {
            return None;
        };
        Some(Self { id: Uuid::from_slice(&id).ok()?, fence, attempt: u32::try_from(attempt).ok()?, packed })
    }
}

/// Hands the jobs of one fetch to apalis. Their permits are taken already.
pub(crate) fn deliver(
    shared: &Arc<Shared>,
    source: usize,
    jobs: Vec<RawJob>,
    deliveries: &mpsc::UnboundedSender<Task<Delivery>>,
) {
    let mut tasks = Vec::with_capacity(jobs.len());
    let mut entries = Vec::with_capacity(jobs.len());
    let mut refused = Vec::new();
    for job in jobs {
        let stop = Arc::new(Stop::default());
        entries.push((job.fence, Entry { source, id: job.id, stop: Arc::clone(&stop) }));
        match delivery(shared, source, &job, &stop) {
            Ok(delivery) => tasks.push(task(delivery)),
            Err(error) => refused.push(undecodable(source, &job, &error)),
        }
    }
    // Entered before they are delivered: an acknowledgement takes them out again.
    shared.running.enter(entries.into_iter());
    for task in tasks {
        // The receiver is gone only once the backend is closed; then the lease returns the job.
        let _ = deliveries.send(task);
    }
    for ack in refused {
        let _ = shared.acks.send(ack);
    }
}

fn delivery(shared: &Shared, source: usize, job: &RawJob, stop: &Arc<Stop>) -> Result<Delivery, QueueError> {
    let unpacked = unpack(&job.packed)?;
    let queue = Arc::clone(&shared.sources[source].name);
    if job.attempt == 1
        && let Ok(wait) = (Utc::now() - unpacked.due_at).to_std()
    {
        metrics::histogram!("rollcall_job_wait_seconds", "kind" => SharedString::from(Arc::clone(&unpacked.kind)))
            .record(wait.as_secs_f64());
    }
    let run = Run {
        queues: shared.queues.clone(),
        queue: Arc::clone(&queue),
        id: job.id,
        fence: job.fence,
        source,
        stop: Arc::clone(stop),
        backoff: unpacked.backoff,
        retention: unpacked.retention,
    };
    Ok(Delivery {
        id: job.id,
        kind: unpacked.kind,
        version: unpacked.version,
        queue,
        payload: unpacked.payload,
        context: unpacked.context,
        attempt: job.attempt,
        max_attempts: unpacked.max_attempts,
        timeout: unpacked.timeout,
        enqueued_at: unpacked.created_at,
        handle: JobHandle { run: Some(Arc::new(run)), cancel: stop.token().clone() },
    })
}

fn task(delivery: Delivery) -> Task<Delivery> {
    let id = TaskId::from_string(delivery.id.to_string());
    TaskBuilder::new(delivery).task_id(id).build()
}

fn undecodable(source: usize, job: &RawJob, error: &QueueError) -> Ack {
    Ack {
        source,
        id: job.id,
        fence: job.fence,
        kind: "undecodable".into(),
        retention: Retention::default(),
        verdict: Verdict::Dead(format!("undecodable job: {error}")),
        reply: None,
    }
}

//! The registry of live workers.

use chrono::DateTime;
use redis::{Value, from_redis_value};

use crate::client::Queues;
use crate::connection::classify;
use crate::error::QueueError;
use crate::script::WORKERS;
use crate::stats::WorkerInfo;

impl Queues {
    /// The workers that reported themselves lately, by name.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`], [`QueueError::Corrupt`].
    pub async fn workers(&self) -> Result<Vec<WorkerInfo>, QueueError> {
        let call = WORKERS.on(&self.keys().registry());
        let answer: Vec<Value> = WORKERS.run(self.link(), &call).await.map_err(|e| classify(e, ""))?;
        let mut workers = Vec::new();
        for pair in answer.get(1..).unwrap_or_default().chunks_exact(2) {
            workers.push(read(&pair[0], &pair[1])?);
        }
        workers.sort_by(|a: &WorkerInfo, b| a.name.cmp(&b.name));
        Ok(workers)
    }
}

fn read(seen: &Value, info: &Value) -> Result<WorkerInfo, QueueError> {
    let corrupt = |e: &dyn std::fmt::Display| QueueError::Corrupt(format!("worker registry: {e}"));
    let seen: i64 = from_redis_value(seen.clone()).map_err(|e| corrupt(&e))?;
    let info: String = from_redis_value(info.clone()).map_err(|e| corrupt(&e))?;
    let mut worker: WorkerInfo = serde_json::from_str(&info).map_err(|e| corrupt(&e))?;
    worker.last_heartbeat = DateTime::from_timestamp_millis(seen).unwrap_or_default();
    Ok(worker)
}

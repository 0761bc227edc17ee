//! The two backends, as far as the cases need them: push a job with this act, start a worker.

use std::time::Duration;

use apalis_core::backend::TaskSink;
use apalis_core::task::builder::TaskBuilder;
use apalis_redis::{Config, RedisStorage};
use queue::{Backoff, JobOptions, NewJob, Queues};

use crate::crew::Crew;
use crate::fixture::{Act, KIND, Payload, QUEUE, connect};

/// One of the two, on a queue of its own.
pub(crate) enum Contender {
    Ours(Queues),
    Rival { url: String, prefix: String },
}

impl Contender {
    pub(crate) async fn ours(url: &str, prefix: String) -> Self {
        Self::Ours(connect(url, prefix).await)
    }

    pub(crate) fn prefix(&self) -> &str {
        match self {
            Self::Ours(queues) => queues.prefix(),
            Self::Rival { prefix, .. } => prefix,
        }
    }

    /// A worker process, given time to begin.
    pub(crate) async fn start(&self, url: &str) -> Crew {
        let role = match self {
            Self::Ours(_) => "worker",
            Self::Rival { .. } => "rival",
        };
        let crew = Crew::spawn(role, url, self.prefix(), 1, 16);
        tokio::time::sleep(Duration::from_secs(1)).await;
        crew
    }

    /// Pushes jobs of two attempts at most.
    pub(crate) async fn push(&self, act: Act, jobs: usize, delay: Duration) {
        let payload = Payload { sent_us: 0, act };
        match self {
            Self::Ours(queues) => {
                let jobs: Vec<NewJob> = (0..jobs).map(|_| new_job(&payload, delay)).collect();
                queues.enqueue(&jobs).await.unwrap();
            }
            Self::Rival { url, prefix } => {
                let mut storage = storage::<Payload>(url, prefix).await;
                for _ in 0..jobs {
                    let task = TaskBuilder::new(payload).max_attempts(2).run_after(delay).build();
                    storage.push_task(task).await.unwrap();
                }
            }
        }
    }

    /// Pushes a payload that the handler's type cannot be read from.
    pub(crate) async fn push_nonsense(&self) {
        match self {
            Self::Ours(queues) => {
                queues.enqueue(&[new_job(&"nonsense", Duration::ZERO)]).await.unwrap();
            }
            Self::Rival { url, prefix } => {
                storage::<String>(url, prefix).await.push("nonsense".to_owned()).await.unwrap();
            }
        }
    }
}

fn new_job(payload: &impl serde::Serialize, delay: Duration) -> NewJob {
    let mut options = JobOptions::on(QUEUE);
    options.max_attempts = 2;
    options.backoff = Backoff { base: Duration::from_millis(100), cap: Duration::from_secs(1) };
    let mut job = NewJob::new(KIND, 1, payload, options).unwrap();
    job.options.run_at = (!delay.is_zero()).then(|| chrono::Utc::now() + delay);
    job
}

/// The rival's queue for one type of payload.
pub(crate) async fn storage<T>(url: &str, prefix: &str) -> RedisStorage<T> {
    let connection = apalis_redis::connect(url).await.unwrap();
    RedisStorage::new(connection).with_config(Config::default().queue(prefix))
}

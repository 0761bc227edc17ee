//! What the tests share: a Redis, a queue with keys of its own, workers with short leases, and waiting.

pub mod clock;
pub mod proxy;
pub mod redis_server;
pub mod worker;

use std::future::Future;
use std::time::{Duration, Instant};

use queue::{JobId, JobOptions, JobState, JobView, NewJob, Queues, QueuesConfig};

pub use worker::{TestWorker, handler};

/// The queue most tests use.
pub const QUEUE: &str = "main";
/// The kind most tests use.
pub const KIND: &str = "task";

/// A handle with keys that no other test has.
pub async fn queues() -> Queues {
    queues_at(&redis_server::shared_url()).await
}

/// The same on a server of the test's own.
pub async fn queues_at(url: &str) -> Queues {
    Queues::connect(url, config()).await.unwrap()
}

pub fn config() -> QueuesConfig {
    let prefix = format!("t{}", uuid::Uuid::now_v7().simple());
    QueuesConfig { prefix, answer_within: Duration::from_secs(2), ..QueuesConfig::default() }
}

/// A plain job of the usual kind; `change` sets what the test is about.
pub fn job(payload: impl serde::Serialize, change: impl FnOnce(&mut JobOptions)) -> NewJob {
    let mut options = JobOptions::on(QUEUE);
    options.backoff = queue::Backoff { base: Duration::from_millis(20), cap: Duration::from_millis(50) };
    change(&mut options);
    NewJob::new(KIND, 1, &payload, options).unwrap()
}

/// Enqueues one job and answers its id.
pub async fn enqueue(queues: &Queues, job: NewJob) -> JobId {
    let answer = queues.enqueue(&[job]).await.unwrap();
    answer[0].id
}

/// The job as it stands now.
pub async fn view(queues: &Queues, id: JobId) -> JobView {
    queues.job(id).await.unwrap().expect("the job is known")
}

/// Waits until the job is in a state.
pub async fn until_state(queues: &Queues, id: JobId, state: JobState) -> JobView {
    let deadline = Instant::now() + Duration::from_secs(15);
    loop {
        if let Some(job) = queues.job(id).await.unwrap().filter(|job| job.state == state) {
            return job;
        }
        assert!(Instant::now() < deadline, "{id} did not become {state}: {:?}", queues.job(id).await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until a condition holds.
pub async fn until<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    let deadline = Instant::now() + Duration::from_secs(15);
    while !condition().await {
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A raw command, for tests that set the stage in Redis itself.
pub async fn raw<T: redis::FromRedisValue>(url: &str, command: &redis::Cmd) -> T {
    let client = redis::Client::open(url).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    command.query_async(&mut connection).await.unwrap()
}

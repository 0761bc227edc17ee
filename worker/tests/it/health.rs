//! What the worker's binary says on its health port while something is away.

use std::time::Duration;

use testkit::process::{self, Process};
use testkit::proxy::{Proxy, Weather};
use testkit::{eventually, free_port};

/// A worker that reaches its servers by these URLs, ready, and the address of its health port.
async fn start(database: &str, redis: &str, prefix: &str) -> (Process, String) {
    let (bind, bucket) = (format!("127.0.0.1:{}", free_port()), testkit::bucket());
    let mut environment = bucket.settings().to_vec();
    environment.extend([("DATABASE_URL", database), ("REDIS_URL", redis), ("REDIS_PREFIX", prefix)]);
    environment.push(("OPS_BIND", &bind));
    let mut worker = process::start("rollcall-worker", &environment);
    let url = format!("http://{bind}/health/ready");
    worker.ready(&url).await;
    (worker, url)
}

/// Waits until the answer has this status and these words. A second of the time is for a busy machine.
async fn says(url: &str, status: u16, words: &str) {
    eventually(Duration::from_secs(7), &format!("{status} {words}"), async || {
        let answer = reqwest::get(url).await.unwrap();
        let same = answer.status() == status;
        (same && answer.text().await.unwrap().contains(words)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_says_which_of_its_servers_is_away() {
    let (database, keyspace) = (testkit::database().await, testkit::redis());
    let (postgres, database_url) = Proxy::before_url(&database.url).await;
    let (redis, redis_url) = Proxy::before_url(&keyspace.url).await;
    let (_worker, url) = start(&database_url, &redis_url, &keyspace.prefix).await;
    for weather in [Weather::Cut, Weather::Still] {
        says(&url, 200, "\"ready\"").await;
        postgres.set(weather);
        says(&url, 200, "degraded: no connection to the database").await;
        postgres.set(Weather::Fair);
    }
    says(&url, 200, "\"ready\"").await;
    redis.set(Weather::Cut);
    says(&url, 503, "waiting for Redis").await;
}

//! What a scheduler tells operators while Redis or PostgreSQL is away.

use std::time::Duration;

use jobs::{Job, Origin};
use serde::{Deserialize, Serialize};
use testkit::eventually;
use testkit::proxy::{Proxy, Weather};

use crate::process::{start, start_at};
use crate::setting::Setting;

/// Within this time an outage shows, and its end too; a second of it is for a busy machine.
const SHOWS: Duration = Duration::from_secs(6);
const LATENCY: &str = r#"rollcall_queue_latency_seconds{queue="default"}"#;
const UNFINISHED: &str = r#"rollcall_outbox_unfinished{age="up to 1m"}"#;

/// Work in a queue that nothing else uses.
#[derive(Debug, Serialize, Deserialize)]
struct Gong {}

impl Job for Gong {
    const KIND: &'static str = "gong";
    const QUEUE: &'static str = "tower";
    type Output = ();
}

/// A sample, and what its value is to be.
type Wanted = (&'static str, fn(f64) -> bool);

/// Waits until the scheduler at `bind` shows every sample with a value that is as wanted.
async fn shows(bind: &str, wanted: &[Wanted]) {
    eventually(SHOWS, &format!("{wanted:?}"), async || {
        let text = reqwest::get(format!("http://{bind}/metrics")).await.unwrap().text().await.unwrap();
        let value = |name: &str| -> Option<f64> {
            text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
        };
        wanted.iter().all(|(name, is)| value(name).is_some_and(is)).then_some(())
    })
    .await;
}

/// Waits until it answers with this status, in these words.
async fn says(bind: &str, status: u16, words: &str) {
    eventually(SHOWS, &format!("{status} {words}"), async || {
        let answer = reqwest::get(format!("http://{bind}/health/ready")).await.unwrap();
        let same = answer.status() == status;
        (same && answer.text().await.unwrap().contains(words)).then_some(())
    })
    .await;
}

fn is_zero(value: f64) -> bool {
    value == 0.0
}

fn is_one(value: f64) -> bool {
    (value - 1.0).abs() < f64::EPSILON
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_gone_or_stands_still_shows_within_five_seconds_and_leaves_no_stale_figures() {
    let setting = Setting::new().await;
    let (redis, url) = Proxy::before_url(&setting.redis.url).await;
    let (_scheduler, bind) = start_at(&setting, &setting.database.url, &url).await;
    let well: [Wanted; 3] =
        [("rollcall_redis_up", is_one), ("rollcall_workers", is_zero), (LATENCY, f64::is_finite)];
    for weather in [Weather::Cut, Weather::Still] {
        shows(&bind, &well).await;
        says(&bind, 200, "\"ready\"").await;
        redis.set(weather);
        shows(
            &bind,
            &[("rollcall_redis_up", is_zero), ("rollcall_workers", f64::is_nan), (LATENCY, f64::is_nan)],
        )
        .await;
        says(&bind, 200, "degraded: Redis does not answer").await;
        shows(&bind, &[("rollcall_ready", is_one), ("rollcall_outbox_oldest_seconds", |age| age > 0.0)])
            .await;
        redis.set(Weather::Fair);
    }
    shows(&bind, &well).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_or_stands_still_makes_a_scheduler_unready_within_five_seconds() {
    let setting = Setting::new().await;
    let (database, url) = Proxy::before_url(&setting.database.url).await;
    let (_scheduler, bind) = start_at(&setting, &url, &setting.redis.url).await;
    for weather in [Weather::Cut, Weather::Still] {
        shows(
            &bind,
            &[("rollcall_database_up", is_one), ("rollcall_ready", is_one), (UNFINISHED, f64::is_finite)],
        )
        .await;
        database.set(weather);
        says(&bind, 503, "the database does not answer").await;
        shows(
            &bind,
            &[("rollcall_database_up", is_zero), ("rollcall_ready", is_zero), (UNFINISHED, f64::is_nan)],
        )
        .await;
        database.set(Weather::Fair);
    }
    says(&bind, 200, "ready").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_of_a_queue_that_redis_has_forgotten_are_not_kept() {
    let setting = Setting::new().await;
    let (_scheduler, bind) = start(&setting).await;
    jobs::enqueue(&setting.queues(), &Gong {}, Origin::system()).await.unwrap();
    let waiting = r#"rollcall_queue_depth{queue="tower",state="ready"}"#;
    shows(&bind, &[(waiting, is_one)]).await;
    setting.redis.forget();
    shows(&bind, &[(waiting, f64::is_nan), ("rollcall_redis_up", is_one)]).await;
}

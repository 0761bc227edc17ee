//! Schedulers while something else is away.

use std::time::Duration;

use chrono::TimeDelta;
use jobs::catalogue::{Entry, every};
use queue::{Queues, QueuesConfig};
use scheduler::Health;
use sea_orm::ConnectionTrait as _;
use testkit::{eventually, free_port};

use crate::setting::{CHIME, Chime, Setting};

const EVERY_SECOND: &[Entry] = &[every::<Chime>("* * * * * *")];

#[tokio::test]
async fn ticks_are_accepted_in_time_while_redis_is_away() {
    let setting = Setting::new().await;
    let nobody = format!("redis://127.0.0.1:{}", free_port());
    let queues = Queues::lazy(&nobody, QueuesConfig::default()).unwrap();
    let ticker = setting.start_ticker_on(queues, EVERY_SECOND, Health::default()).await;
    let rows = eventually(Duration::from_secs(7), "four ticks without Redis", async || {
        Some(setting.accepted(CHIME).await).filter(|rows| rows.len() >= 4)
    })
    .await;
    let took = rows[3].created_at - rows[0].created_at;
    assert!(took < TimeDelta::seconds(4), "{took}");
    ticker.abort();
}

#[tokio::test]
async fn a_scheduler_is_ready_once_it_ticks() {
    let setting = Setting::new().await;
    let health = Health::default();
    assert!(!health.readiness().ready);
    let ticker = setting.start_ticker_on(setting.queues(), EVERY_SECOND, health.clone()).await;
    eventually(Duration::from_secs(5), "the scheduler is ready", async || {
        health.readiness().ready.then_some(())
    })
    .await;
    assert!(health.readiness().status.starts_with("degraded"), "nobody sweeps the outbox here");
    setting.stop(vec![ticker]).await;
}

#[tokio::test]
async fn ticks_go_on_after_the_database_has_dropped_every_connection() {
    let setting = Setting::new().await;
    let ticker = setting.start_ticker(EVERY_SECOND).await;
    eventually(Duration::from_secs(5), "it ticks", async || setting.accepted(CHIME).await.pop()).await;
    let drop_others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
    setting.db().execute_unprepared(drop_others).await.unwrap();
    let before = setting.now().await;
    eventually(Duration::from_secs(6), "it ticks again", async || {
        setting.accepted(CHIME).await.pop().filter(|newest| newest.created_at > before)
    })
    .await;
    setting.stop(vec![ticker]).await;
}

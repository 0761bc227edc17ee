//! The binary itself, as an operator meets it.

use std::collections::HashSet;
use std::time::Duration;

use entity::schedule;
use jobs::catalogue::CATALOGUE;
use testkit::process::Process;
use testkit::{eventually, free_port, process};
use tokio::time::sleep;

use crate::setting::Setting;

/// A scheduler that is ready, and the address of its health port.
pub async fn start(setting: &Setting) -> (Process, String) {
    start_at(setting, &setting.database.url, &setting.redis.url).await
}

/// The same with other ways to its database and its Redis.
pub async fn start_at(setting: &Setting, database: &str, redis: &str) -> (Process, String) {
    let bind = format!("127.0.0.1:{}", free_port());
    let environment = [
        ("DATABASE_URL", database),
        ("REDIS_URL", redis),
        ("REDIS_PREFIX", &setting.redis.prefix),
        ("OPS_BIND", &bind),
    ];
    let mut scheduler = process::start("rollcall-scheduler", &environment);
    scheduler.ready(&format!("http://{bind}/health/ready")).await;
    (scheduler, bind)
}

#[tokio::test]
async fn a_scheduler_seeds_its_catalogue_ticks_tells_its_metrics_and_drains_on_sigterm() {
    let setting = Setting::new().await;
    let (mut scheduler, bind) = start(&setting).await;
    eventually(Duration::from_secs(5), "a tick was made", async || {
        setting.accepted("sample_cameras").await.pop()
    })
    .await;
    let answer = reqwest::get(format!("http://{bind}/metrics")).await.unwrap();
    let metrics = answer.text().await.unwrap();
    for entry in CATALOGUE {
        let gauge = format!("rollcall_schedule_last_tick_seconds{{schedule=\"{}\"}}", entry.name);
        assert!(metrics.contains(&gauge), "{gauge} in {metrics}");
    }
    assert_eq!(schedule::all(setting.db()).await.unwrap().len(), CATALOGUE.len());
    assert_eq!(scheduler.terminate().await.code(), Some(0));
}

#[tokio::test]
async fn when_one_of_two_schedulers_stands_still_the_other_ticks_on_and_no_tick_is_made_twice() {
    let setting = Setting::new().await;
    let (frozen, _) = start(&setting).await;
    let (_other, _) = start(&setting).await;
    sleep(Duration::from_secs(1)).await;
    frozen.freeze();
    let frozen_at = setting.now().await;
    eventually(Duration::from_secs(15), "two ticks without the frozen one", async || {
        let rows = setting.accepted("sample_cameras").await;
        (rows.iter().filter(|row| row.created_at > frozen_at).count() >= 2).then_some(())
    })
    .await;
    frozen.thaw();
    sleep(Duration::from_secs(2)).await;

    let rows = setting.accepted("sample_cameras").await;
    let ticks: HashSet<_> = rows.iter().map(|row| row.created_at.timestamp()).collect();
    assert_eq!(ticks.len(), rows.len(), "each tick has its second");
}

//! Two schedulers at work, and what the ticks are for.

use std::collections::HashSet;
use std::time::Duration;

use e2e::{Stage, cameras, effects};
use entity::detection;
use reqwest::Method;
use serde_json::json;
use testkit::eventually;
use tokio::time::sleep;

const TICKS: &str = "sample_cameras";

#[tokio::test(flavor = "multi_thread")]
async fn two_schedulers_make_every_tick_once_and_the_death_of_one_loses_none() {
    let stage = Stage::set(effects::one_face()).await;
    let (mut victim, _survivor) = (stage.scheduler().await, stage.scheduler().await);
    let ticks = async |count: usize| {
        eventually(Duration::from_secs(15), &format!("{count} ticks"), async || {
            let ticks = effects::ticks(&stage, TICKS).await;
            (ticks.len() >= count).then_some(ticks)
        })
        .await
    };
    ticks(3).await;
    victim.process.kill();
    let made = ticks(7).await;
    let (first, last) = (made[0], made[made.len() - 1]);
    assert_eq!(made, (first..=last).collect::<Vec<_>>(), "one tick in every second");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_changed_over_the_api_changes_on_every_scheduler_within_five_seconds() {
    let stage = Stage::set(effects::one_face()).await;
    let admin = stage.administrator().await;
    let (mut first, _second) = (stage.scheduler().await, stage.scheduler().await);
    let made = async || effects::ticks(&stage, TICKS).await.len();
    let more_than = async |count: usize| {
        eventually(Duration::from_secs(5), "it ticks", async || Some(made().await).filter(|now| *now > count))
            .await
    };
    let change = async |cron: &str| {
        let path = format!("/schedules/{TICKS}");
        admin.call(Method::PATCH, &path, Some(&json!({ "cron": cron }))).await.data()
    };
    more_than(2).await;
    change("0 0 1 1 *").await;
    sleep(Duration::from_secs(5)).await;
    let before = made().await;
    sleep(Duration::from_secs(3)).await;
    assert_eq!(made().await, before, "neither of them ticks by the old times");
    change("* * * * * *").await;
    let seen = more_than(before).await;
    first.process.kill();
    more_than(seen + 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_with_an_interval_is_looked_through_without_anybody_asking() {
    let stage = Stage::set(effects::one_face()).await;
    let admin = stage.administrator().await;
    let mut camera = cameras::picture();
    camera["captureIntervalSeconds"] = 1.into();
    let camera = admin.camera(&camera).await;
    let (_worker, _scheduler) = (stage.worker().await, stage.scheduler().await);

    let seen = eventually(Duration::from_secs(20), "three captures", async || {
        let seen = stage.all::<detection::Entity>().await;
        (seen.len() >= 3).then_some(seen)
    })
    .await;
    assert!(seen.iter().all(|detection| detection.automatic && detection.camera_id == camera));
    let seconds: HashSet<_> = seen.iter().map(|detection| detection.job_id).collect();
    assert_eq!(seconds.len(), seen.len(), "each capture is a job of its own");
}

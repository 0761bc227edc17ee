//! Two schedulers at work, and what the ticks are for.

use std::collections::HashSet;
use std::time::Duration;

use e2e::{Stage, cameras, effects};
use entity::detection;
use testkit::eventually;

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

//! API, worker and scheduler over a Redis Cluster, and over a master that Sentinel watches: frames end once in effect while
//! a node goes away.

use std::time::Duration;

use e2e::{Stage, cameras, effects};
use entity::job_outbox;
use testkit::eventually;
use testkit::redis_servers::{RedisCluster, Sentinels};

/// An installation at this Redis, that counts calls, too.
async fn stage_at(url: &str) -> Stage {
    let settings = [("REDIS_URL", url), ("RATE_LIMIT_PER_MINUTE", "100000")];
    Stage::with(effects::one_face_after(Duration::from_millis(300)), &settings).await
}

/// A tick has come from the scheduler through the queue to the worker, and its outcome back to its row.
async fn a_tick_ends(stage: &Stage) {
    eventually(Duration::from_secs(30), "a tick's job is done", async || {
        let rows = stage.all::<job_outbox::Entity>().await;
        rows.iter().any(|row| row.kind == "sample_cameras" && row.finished_at.is_some()).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_a_cluster_each_accepted_frame_ends_once_in_effect_while_a_node_restarts() {
    let mut cluster = RedisCluster::start();
    let stage = stage_at(&cluster.url()).await;
    let admin = stage.administrator().await;
    let cameras = admin.cameras(4, &cameras::picture()).await;
    let (_worker, _scheduler) = (stage.worker_of(4).await, stage.scheduler().await);
    a_tick_ends(&stage).await;
    let jobs = admin.send_frames(6, &cameras).await;
    let queue = cluster.owner_of(&format!("{{{}:capture}}", stage.setting("REDIS_PREFIX")));
    cluster.nodes[queue].kill();
    tokio::time::sleep(Duration::from_secs(2)).await;
    cluster.nodes[queue].resume();
    admin.all_done(&jobs, Duration::from_secs(40)).await;
    effects::are_there_once(&stage, &jobs).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_sentinel_each_accepted_frame_ends_once_in_effect_when_the_master_dies() {
    let mut servers = Sentinels::start();
    let stage = stage_at(&servers.url()).await;
    let admin = stage.administrator().await;
    let cameras = admin.cameras(4, &cameras::picture()).await;
    let (_worker, _scheduler) = (stage.worker_of(4).await, stage.scheduler().await);
    a_tick_ends(&stage).await;
    let jobs = admin.send_frames(6, &cameras).await;
    servers.servers[0].kill();
    servers.wait_for_promotion();
    admin.all_done(&jobs, Duration::from_secs(40)).await;
    effects::are_there_once(&stage, &jobs).await;
}

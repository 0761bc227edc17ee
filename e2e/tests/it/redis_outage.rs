//! Redis away for a while: what is asked for meanwhile is accepted, and done afterwards.

use std::time::Duration;

use e2e::{Stage, cameras, effects};
use testkit::instance::Server;

#[tokio::test(flavor = "multi_thread")]
async fn frames_asked_for_while_redis_is_away_are_accepted_and_done_when_it_is_back() {
    let stage = Stage::on_own_servers(effects::one_face()).await;
    let admin = stage.administrator().await;
    let cameras = admin.cameras(3, &cameras::picture()).await;
    let (worker, _scheduler) = (stage.worker().await, stage.scheduler().await);
    let mut socket = stage.socket(&admin, &["detections"]).await;
    let mut jobs = admin.send_frames(3, &cameras).await;
    admin.all_done(&jobs, Duration::from_secs(15)).await;

    stage.servers.instance().stop(Server::Redis);
    worker.says(false, "waiting for Redis").await;
    stage.api.says(true, "degraded").await;
    jobs.extend(admin.send_frames(3, &cameras).await);
    for read in
        ["/cameras", "/detections/live", "/detections/events", "/attendance/logs", "/attendance/records"]
    {
        assert!(!admin.list(read).await.is_empty(), "{read}");
    }

    stage.servers.instance().resume(Server::Redis);
    admin.all_done(&jobs, Duration::from_secs(20)).await;
    worker.says(true, "ready").await;
    effects::are_there_once(&stage, &jobs).await;

    stage.api_listens().await;
    let camera = &cameras[2];
    let last = admin.send_frame(camera).await;
    admin.done(&last, Duration::from_secs(10)).await;
    let newest = admin.list(&format!("/detections/live?cameraId={camera}&limit=1")).await;
    socket.next_where(|message| message["detection"]["id"] == newest[0]["id"]).await;
}

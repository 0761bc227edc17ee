//! Redis forgets everything: the outbox remembers.

use std::time::Duration;

use e2e::{Stage, cameras, effects};
use testkit::eventually;

#[tokio::test(flavor = "multi_thread")]
async fn when_redis_forgets_everything_each_accepted_frame_still_ends_once_in_effect() {
    let stage = Stage::set(effects::one_face_after(Duration::from_millis(800))).await;
    let admin = stage.administrator().await;
    let cameras = admin.cameras(6, &cameras::picture()).await;
    let (_worker, _scheduler) = (stage.worker_of(4).await, stage.scheduler().await);

    let jobs = admin.send_frames(10, &cameras).await;
    eventually(Duration::from_secs(15), "some frames are done, some run, some wait", async || {
        let [done, running, waiting] =
            ["done", "running", "ready"].map(|state| format!("type=send_frame&status={state}"));
        let done = admin.jobs(&done).await.len();
        let (running, waiting) = (admin.jobs(&running).await.len(), admin.jobs(&waiting).await.len());
        (done > 0 && running > 0 && waiting > 0).then_some(())
    })
    .await;
    stage.servers.keyspace().forget();

    admin.all_done(&jobs, Duration::from_secs(40)).await;
    effects::are_there_once(&stage, &jobs).await;
}

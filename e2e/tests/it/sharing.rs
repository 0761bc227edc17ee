//! Several workers on one queue.

use std::time::Duration;

use e2e::{Stage, cameras, effects};

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_share_forty_frames_and_run_each_of_them_once() {
    let stage = Stage::set(effects::one_face_after(Duration::from_millis(100))).await;
    let admin = stage.administrator().await;
    let cameras = admin.cameras(8, &cameras::picture()).await;
    let (first, second) = (stage.worker_of(4).await, stage.worker_of(4).await);

    let jobs = admin.send_frames(40, &cameras).await;
    let ended = admin.all_done(&jobs, Duration::from_secs(30)).await;

    for worker in [&first, &second] {
        assert!(ended.iter().any(|job| worker.made(&job["attempts"][0])), "both work");
    }
    assert_eq!(effects::workers_of(&ended).len(), 2);
    assert!(ended.iter().all(|job| job["attempts"].as_array().unwrap().len() == 1));
    assert_eq!(admin.jobs("type=send_frame&status=done").await.len(), jobs.len());
    effects::are_there_once(&stage, &jobs).await;
}

//! Object storage away: frames are tried again with pauses, and fail with that reason if it stays away.

use std::time::{Duration, Instant};

use e2e::{Stage, cameras, effects};
use testkit::proxy::{Proxy, Weather};

/// An installation whose storage is behind a proxy.
async fn stage() -> (Stage, Proxy) {
    let (proxy, through) = Proxy::before_url(&testkit::bucket().endpoint).await;
    (Stage::with(effects::one_face(), &[("S3_ENDPOINT", &through)]).await, proxy)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_whose_storage_is_away_is_tried_again_with_pauses_and_then_fails_with_that_reason() {
    let (stage, proxy) = stage().await;
    let admin = stage.administrator().await;
    let camera = admin.camera(&cameras::picture()).await;
    let _worker = stage.worker().await;
    proxy.set(Weather::Cut);
    let frame = admin.send_frame(&camera).await;
    let dead =
        admin.job_once(&frame, Duration::from_secs(60), "is dead", |job| job["status"] == "dead").await;
    let attempts = dead["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 3, "{dead}");
    for attempt in attempts {
        assert!(attempt["error"].as_str().unwrap().contains("storage"), "{attempt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_taken_while_storage_was_away_are_done_once_it_is_back() {
    let (stage, proxy) = stage().await;
    let admin = stage.administrator().await;
    let cameras = admin.cameras(4, &cameras::picture()).await;
    let _worker = stage.worker().await;
    proxy.set(Weather::Cut);
    let frames = admin.send_frames(8, &cameras).await;
    admin
        .job_once(&frames[0], Duration::from_secs(20), "has failed once", |job| {
            job["attempts"][0]["error"].is_string()
        })
        .await;
    proxy.set(Weather::Fair);
    let began = Instant::now();
    admin.all_done(&frames, Duration::from_secs(60)).await;
    println!("object storage away: {} frames done {:.1?} after its return", frames.len(), began.elapsed());
    effects::are_there_once(&stage, &frames).await;
}

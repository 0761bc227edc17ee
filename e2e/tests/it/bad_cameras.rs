//! Cameras that give no picture: whoever asks learns why, from the answer, from the job's attempts and from the event log.

use std::time::Duration;

use e2e::{Client, Program, Stage, cameras, effects};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::camera::{evil_cameras, scenes};
use testkit::free_port;

/// Longest time that one attempt may take to fail.
const LIMIT: Duration = Duration::from_secs(25);

/// A frame of `camera`, and the reason for which its first attempt failed; the event log must give the same.
pub async fn failing(client: &Client, camera: &str) -> (String, String) {
    let id = client.send_frame(camera).await;
    let has_failed = |job: &Value| job["attempts"][0]["error"].is_string();
    let job = client.job_once(&id, LIMIT, "fails once", has_failed).await;
    let reason = job["attempts"][0]["error"].as_str().unwrap();
    let events = client.list(&format!("/detections/events?status=error&cameraId={camera}")).await;
    let event = events.iter().find(|event| event["jobId"] == id.as_str()).unwrap();
    assert_eq!(event["errorMessage"], reason);
    assert!(client.list(&format!("/detections/live?cameraId={camera}")).await.is_empty());
    let reason = reason.to_owned();
    (id, reason)
}

async fn stage() -> (Stage, Client, Program) {
    let stage = Stage::set(effects::one_face()).await;
    let (admin, worker) = (stage.administrator().await, stage.worker().await);
    (stage, admin, worker)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_of_an_unknown_or_disabled_camera_is_refused_at_once() {
    let (_stage, admin, _worker) = stage().await;
    let camera = admin.camera(&cameras::picture()).await;
    let disabled = json!({ "enabled": false });
    admin.call(Method::PATCH, &format!("/cameras/{camera}/state"), Some(&disabled)).await.data();
    for (camera, refusal) in [("CAM-404", (404, "NOT_FOUND")), (&camera, (409, "INVALID_STATE"))] {
        let frame = json!({ "cameraId": camera });
        let answer = admin.call(Method::POST, "/detections/send-frame", Some(&frame)).await;
        assert_eq!(answer.refusal(), refusal, "{}", answer.body);
    }
    assert!(admin.jobs("type=send_frame").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_cannot_be_reached_hangs_or_is_no_video_says_so_in_job_and_event_log() {
    let (_stage, admin, _worker) = stage().await;
    let evil = evil_cameras();
    let nobody = format!("rtsp://127.0.0.1:{}/gate", free_port());
    let broken = [
        (cameras::at("RTSP", &nobody), "cannot be reached: it refuses the connection"),
        (
            cameras::at("RTSP", &format!("rtsp://{}/gate", evil.silent())),
            "cannot be reached: it does not answer",
        ),
        (cameras::at("HTTP", &evil.http("hang")), "no whole picture came within"),
        (cameras::at("HTTP", &evil.http("page")), "there is no video"),
        (cameras::file(&scenes().join("manifest.json")), "there is no video"),
    ];
    let all = broken.map(async |(camera, words)| {
        let camera = admin.camera(&camera).await;
        let (_, reason) = failing(&admin, &camera).await;
        assert!(reason.contains(words), "{camera}: {reason}");
    });
    join_all(all).await;
}

//! Recognisers that are down, slow or talk rubbish: the frame is tried again, and what went wrong is written down.

use std::time::Duration;

use e2e::{Stage, cameras, effects};
use serde_json::json;
use testkit::free_port;
use testkit::provider::Answer;

use crate::bad_cameras::failing;

/// A frame fails for a reason with these words in it as long as the recogniser answers so, and is done once it answers well.
async fn fails(answer: Answer, words: &str) {
    let stage = Stage::set(answer).await;
    let admin = stage.administrator().await;
    admin.put("/detections/provider/config", &json!({ "timeoutMs": 1_000 })).await;
    let _worker = stage.worker().await;
    let camera = admin.camera(&cameras::picture()).await;
    let (frame, reason) = failing(&admin, &camera).await;
    assert!(reason.contains(words), "{reason}");

    stage.provider.answer(effects::one_face());
    let job = admin.done(&frame, Duration::from_secs(20)).await;
    assert_eq!(job["attempts"].as_array().unwrap().last().unwrap()["error"], json!(null));
    effects::are_there_once(&stage, &[frame]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recogniser_that_fails_is_asked_again() {
    fails(Answer::Status(500), "the provider failed with status 500").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recogniser_that_talks_rubbish_is_asked_again() {
    fails(Answer::Garbage(b"<html>".to_vec()), "the provider's answer makes no sense").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recogniser_that_is_too_slow_is_asked_again() {
    fails(Answer::Hang, "the provider did not answer within 1.0 s").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_without_a_recogniser_ends_dead_with_every_attempt_explained() {
    let stage = Stage::set(effects::one_face()).await;
    let admin = stage.administrator().await;
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    admin.put("/detections/provider/config", &json!({ "endpoint": nowhere })).await;
    let _worker = stage.worker().await;
    let camera = admin.camera(&cameras::picture()).await;
    let id = admin.send_frame(&camera).await;
    let job = admin.job_once(&id, Duration::from_secs(20), "is dead", |job| job["status"] == "dead").await;
    let attempts = job["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 3);
    for attempt in attempts {
        assert!(attempt["error"].as_str().unwrap().contains("the provider cannot be reached"), "{attempt}");
    }
    let events = admin.list("/detections/events?status=error").await;
    assert_eq!(events.len(), 3, "each attempt left its event: {events:?}");
}

//! Automatic capture: whose turn it is, and that nobody gets two.

use std::time::Duration;

use entity::{camera, detection_event_log};
use jobs::SampleCameras;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use testkit::{eventually, provider::Answer};

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_with_an_interval_is_captured_and_one_without_is_not() {
    let stage = Stage::set(Answer::person("EMP-009", "Somebody", 20.0)).await;
    let (timed, idle) = (stage.camera().await, stage.camera().await);
    let every_second = camera::ActiveModel {
        id: Set(timed.id.clone()),
        capture_interval_seconds: Set(Some(1)),
        ..Default::default()
    };
    every_second.update(stage.db()).await.unwrap();
    let job = stage.ended(stage.enqueue(&SampleCameras {}).await).await;
    assert_eq!(job.attempts.first().and_then(|attempt| attempt.error.clone()), None);
    eventually(Duration::from_secs(10), "a frame was captured", || async {
        let events = stage.all::<detection_event_log::Entity>().await;
        assert!(events.iter().all(|event| event.camera_id != idle.id));
        events.iter().any(|event| event.camera_id == timed.id).then_some(())
    })
    .await;
}

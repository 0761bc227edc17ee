//! What a frame leaves behind when something is wrong: an event-log row and a job that both say what.

use std::{net::TcpListener, time::Duration};

use entity::{alert, camera, camera::StreamType, detection, detection_event_log, detection_provider_config};
use jobs::{Job as _, SendFrame};
use queue::{JobId, JobOptions, JobState, JobView, NewJob};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use testkit::{eventually, provider::Answer};

use crate::stage::Stage;

/// Runs one attempt that must fail, and answers with the job.
async fn failing(stage: &Stage, camera: &camera::Model) -> JobView {
    let id = stage.enqueue(&SendFrame { camera_id: camera.id.clone() }).await;
    failed(stage, camera, id).await
}

/// The job once an attempt has failed, as its event-log row says too.
async fn failed(stage: &Stage, camera: &camera::Model, id: JobId) -> JobView {
    let job = stage.failed_once(id).await;
    let events = stage.all::<detection_event_log::Entity>().await;
    let event = events.iter().find(|event| event.job_id == id).expect("an event of the failed look");
    assert_eq!(
        (event.status, event.camera_id.as_str()),
        (detection_event_log::Status::Error, camera.id.as_str())
    );
    assert_eq!(event.error_message, job.attempts[0].error);
    assert!(stage.all::<detection::Entity>().await.is_empty());
    job
}

fn reason(job: &JobView) -> String {
    job.attempts[0].error.clone().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_stream_is_retried() {
    let stage = Stage::set(Answer::nobody()).await;
    let camera =
        stage.camera_at(StreamType::Rtsp, &format!("rtsp://127.0.0.1:{}/x", testkit::free_port())).await;
    let job = failing(&stage, &camera).await;
    assert!(reason(&job).contains("cannot be reached"), "{}", reason(&job));
    assert_ne!(job.state, JobState::Dead, "the camera may come back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_hangs_times_out() {
    let stage = Stage::set(Answer::nobody()).await;
    let evil = testkit::camera::evil_cameras();
    let camera = stage.camera_at(StreamType::Http, &evil.http("hang")).await;
    let job = failing(&stage, &camera).await;
    assert!(reason(&job).contains("no whole picture came within"), "{}", reason(&job));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_video_is_not_tried_again() {
    let stage = Stage::set(Answer::nobody()).await;
    let manifest = testkit::camera::scenes().join("manifest.json");
    let camera = stage.camera_at(StreamType::LocalFile, &manifest.display().to_string()).await;
    let job = failing(&stage, &camera).await;
    assert_eq!(job.state, JobState::Dead);
    assert_eq!(job.attempts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_camera_is_not_looked_through() {
    let stage = Stage::set(Answer::nobody()).await;
    let camera = stage.camera().await;
    let disabled =
        camera::ActiveModel { id: Set(camera.id.clone()), enabled: Set(false), ..Default::default() };
    let camera = disabled.update(stage.db()).await.unwrap();
    let job = failing(&stage, &camera).await;
    assert_eq!((job.state, reason(&job).as_str()), (JobState::Dead, "the camera is disabled"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_deleted_meanwhile_ends_the_job() {
    let stage = Stage::set(Answer::nobody()).await;
    let camera = stage.camera().await;
    camera::soft_delete(stage.db(), &camera.id, chrono::Utc::now()).await.unwrap();
    let job = failing(&stage, &camera).await;
    assert_eq!((job.state, reason(&job).as_str()), (JobState::Dead, "there is no such camera"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_fails_or_talks_rubbish_is_retried() {
    let stage = Stage::set(Answer::Status(500)).await;
    let camera = stage.camera().await;
    assert!(reason(&failing(&stage, &camera).await).contains("failed with status 500"));
    stage.provider.answer(Answer::Garbage(b"<html>".to_vec()));
    assert!(reason(&failing(&stage, &camera).await).contains("makes no sense"));
    stage.provider.answer(Answer::Close);
    assert!(reason(&failing(&stage, &camera).await).contains("cannot be reached"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_hangs_is_given_its_time_and_no_more() {
    let stage = Stage::set(Answer::Hang).await;
    stage.point_to(&stage.provider.url(), 300).await;
    let camera = stage.camera().await;
    assert!(reason(&failing(&stage, &camera).await).contains("did not answer within"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_fails_again_and_again_is_offline_with_one_alert_until_it_answers() {
    let stage = Stage::set(Answer::Status(500)).await;
    let cameras = [stage.camera().await, stage.camera().await, stage.camera().await];
    for n in 0..6 {
        stage.enqueue(&SendFrame { camera_id: cameras[n % cameras.len()].id.clone() }).await;
    }
    eventually(Duration::from_secs(20), "the provider counts as offline", || async {
        let provider = detection_provider_config::get(stage.db()).await.unwrap();
        (provider.status == detection_provider_config::Status::Offline).then_some(())
    })
    .await;
    let raised = || async { stage.all::<alert::Entity>().await.pop() };
    let alert = eventually(Duration::from_secs(5), "the alert is raised", raised).await;
    assert_eq!((alert.kind.as_str(), alert.resolved_at), ("provider", None));

    stage.provider.answer(Answer::nobody());
    let id = stage.enqueue(&jobs::TestDetectionProvider {}).await;
    let job = stage.ended(id).await;
    assert_eq!(job.state, JobState::Done);
    assert_eq!(stage.all::<alert::Entity>().await.len(), 1, "one alert at each change");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_asked_for_while_the_circuit_is_open_waits_and_spends_no_attempt() {
    let stage = Stage::set(Answer::Status(500)).await;
    let cameras = [stage.camera().await, stage.camera().await, stage.camera().await];
    for n in 0..6 {
        stage.enqueue(&SendFrame { camera_id: cameras[n % cameras.len()].id.clone() }).await;
    }
    eventually(Duration::from_secs(20), "a job waits for the circuit", || async {
        let events = stage.all::<detection_event_log::Entity>().await;
        let waiting = events.iter().find(|event| {
            event.error_message.as_ref().is_some_and(|message| message.contains("is left alone"))
        })?;
        let job = stage.context.queues.job(waiting.job_id).await.unwrap()?;
        (job.state == JobState::Scheduled).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_that_is_away_fails_the_attempt_with_that_reason() {
    let stage = Stage::without_storage(Answer::nobody()).await;
    let camera = stage.camera().await;
    let job = failing(&stage, &camera).await;
    assert!(reason(&job).contains("object storage is not available"), "{}", reason(&job));
    assert_ne!(job.state, JobState::Dead, "storage may come back");
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_that_hangs_fails_the_attempt_with_that_reason() {
    // Connections to it succeed, and nobody ever answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let stage = Stage::with_storage_at(&endpoint, Answer::nobody()).await;
    let camera = stage.camera().await;
    let job = failing(&stage, &camera).await;
    assert!(reason(&job).contains("object storage is not available"), "{}", reason(&job));
    assert_ne!(job.state, JobState::Dead, "storage may come back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_takes_too_long_says_what_it_was_doing_before_the_queue_ends_it() {
    let stage = Stage::set(Answer::Hang).await;
    stage.point_to(&stage.provider.url(), 60_000).await;
    let camera = stage.camera().await;
    let job = SendFrame { camera_id: camera.id.clone() };
    let options = JobOptions { timeout: Duration::from_secs(3), ..JobOptions::on(SendFrame::QUEUE) };
    let job = NewJob::new(SendFrame::KIND, SendFrame::VERSION, &job, options).unwrap();
    let id = job.id;
    stage.context.queues.enqueue(&[job]).await.unwrap();
    let job = failed(&stage, &camera, id).await;
    assert!(reason(&job).contains("it was still recognising"), "{}", reason(&job));
}

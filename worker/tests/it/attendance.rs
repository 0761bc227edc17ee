//! Attendance out of real frames, by several workers at once.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{attendance_log, camera, detection, face_profile};
use futures_util::future::join_all;
use jobs::{CaptureFrame, Origin, SendFrame};
use queue::JobState;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _};
use testkit::{eventually, provider::Answer};

use crate::stage::Stage;

const KNOWN: &str = "EMP-001";

async fn stage_with_known() -> Stage {
    let stage = Stage::set(Answer::person(KNOWN, "Somebody", 80.0)).await;
    stage.profile(KNOWN, face_profile::Status::Active).await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_that_see_one_person_at_once_make_one_row() {
    let stage = stage_with_known().await;
    stage.start_worker("second");
    let cameras = [stage.camera().await, stage.camera().await, stage.camera().await, stage.camera().await];
    let jobs = join_all((0..20).map(|n| {
        let job = SendFrame { camera_id: cameras[n % cameras.len()].id.clone() };
        let stage = &stage;
        async move { stage.enqueue(&job).await }
    }))
    .await;
    for id in jobs {
        assert_eq!(stage.ended(id).await.state, JobState::Done);
    }
    assert_eq!(stage.all::<detection::Entity>().await.len(), 20);
    let [log] = stage.all::<attendance_log::Entity>().await.try_into().unwrap();
    let seen = stage.all::<detection::Entity>().await;
    assert_eq!(
        log.check_in_at,
        seen.iter().map(|seen| seen.timestamp).min(),
        "the first capture is the check-in"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exit_camera_moves_the_check_out_at_once_and_another_only_after_the_minimum_stay() {
    let stage = stage_with_known().await;
    let entrance = stage.camera().await;
    stage.frame(&entrance).await;
    stage.frame(&entrance).await;
    let [log] = stage.all::<attendance_log::Entity>().await.try_into().unwrap();
    assert_eq!(log.check_out_at, None, "five minutes have not passed");
    let exit = stage.camera().await;
    let exit = camera::ActiveModel {
        id: Set(exit.id),
        direction: Set(camera::Direction::Exit),
        ..Default::default()
    };
    let exit = exit.update(stage.db()).await.unwrap();
    stage.frame(&exit).await;
    let [log] = stage.all::<attendance_log::Entity>().await.try_into().unwrap();
    assert!(log.check_out_at > log.check_in_at);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sighting_after_the_minimum_stay_moves_the_check_out() {
    let stage = stage_with_known().await;
    let camera = stage.camera().await;
    stage.frame(&camera).await;
    shift_back(&stage, TimeDelta::hours(1)).await;
    stage.frame(&camera).await;
    let [log] = stage.all::<attendance_log::Entity>().await.try_into().unwrap();
    let newest = stage.all::<detection::Entity>().await.iter().map(|seen| seen.timestamp).max();
    assert_eq!(log.check_out_at, newest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_is_processed_late_gives_the_log_that_order_would_have_given() {
    let stage = stage_with_known().await;
    let camera = stage.camera().await;
    stage.frame(&camera).await;
    // What was stored lies in the future of the next frame: that one was captured earlier, and comes late.
    shift_back(&stage, TimeDelta::minutes(-30)).await;
    stage.frame(&camera).await;
    let [log] = stage.all::<attendance_log::Entity>().await.try_into().unwrap();
    let mut times: Vec<DateTime<Utc>> =
        stage.all::<detection::Entity>().await.iter().map(|d| d.timestamp).collect();
    times.sort();
    assert_eq!((log.check_in_at, log.check_out_at), (Some(times[0]), Some(times[1])));
}

#[tokio::test(flavor = "multi_thread")]
async fn automatic_frames_must_agree_before_attendance_starts() {
    let stage = stage_with_known().await;
    let camera = stage.camera().await;
    let minutely = camera::ActiveModel {
        id: Set(camera.id.clone()),
        capture_interval_seconds: Set(Some(60)),
        ..Default::default()
    };
    minutely.update(stage.db()).await.unwrap();
    for frames in 1..=2 {
        let job = CaptureFrame { camera_id: camera.id.clone(), interval_seconds: 60 };
        let [asked] =
            jobs::enqueue(&stage.context.queues, &job, Origin::system()).await.unwrap().try_into().unwrap();
        assert!(!asked.duplicate);
        // Nothing is kept of an automatic capture that has ended.
        eventually(Duration::from_secs(30), "the capture ends", || async {
            stage.context.queues.job(asked.id).await.unwrap().is_none().then_some(())
        })
        .await;
        assert_eq!(stage.all::<detection::Entity>().await.len(), frames);
        assert_eq!(stage.all::<attendance_log::Entity>().await.len(), frames - 1);
    }
    let [log] = stage.all::<attendance_log::Entity>().await.try_into().unwrap();
    let first = stage.all::<detection::Entity>().await.iter().map(|seen| seen.timestamp).min();
    assert_eq!(log.check_in_at, first, "the first of the frames that agree");
}

/// Moves everything stored so far into the past, as if time had passed.
async fn shift_back(stage: &Stage, by: TimeDelta) {
    let by = format!("interval '{} seconds'", by.num_seconds());
    for statement in [
        format!("UPDATE detections SET timestamp = timestamp - {by}"),
        format!(
            "UPDATE attendance_logs SET check_in_at = check_in_at - {by}, check_out_at = check_out_at - {by}"
        ),
    ] {
        stage.db().execute_unprepared(&statement).await.unwrap();
    }
}

//! What a frame leaves behind when all goes well.

use std::time::Duration;

use entity::{
    alert, attendance_log, attendance_record, camera, camera_summary, detection, detection_event_log,
    face_profile, job_effect,
};
use jobs::SendFrame;
use platform::{
    Shutdown,
    events::{Channel, Subscription},
};
use sea_orm::EntityTrait as _;
use testkit::provider::Answer;

use crate::stage::{Stage, today};

const KNOWN: &str = "EMP-001";

fn known() -> Answer {
    Answer::person(KNOWN, "provider's name", 71.5)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_face_leaves_detection_event_attendance_presence_and_summary() {
    let stage = Stage::set(known()).await;
    stage.profile(KNOWN, face_profile::Status::Active).await;
    let camera = stage.camera().await;
    let result = stage.frame(&camera).await;
    assert_eq!(result["detections"], 1);
    assert_eq!(result["authorized"], serde_json::json!([KNOWN]));

    let [seen] = stage.all::<detection::Entity>().await.try_into().unwrap();
    assert_eq!((seen.status, seen.person_id.as_deref()), (detection::Status::Authorized, Some(KNOWN)));
    assert_eq!(seen.name.as_deref(), Some("Name of EMP-001"), "our own profile names people");
    let [event] = stage.all::<detection_event_log::Entity>().await.try_into().unwrap();
    assert_eq!(event.status, detection_event_log::Status::Received);
    assert_eq!(event.payload.unwrap()["detections"][0]["personId"], KNOWN);
    let [log] = stage.all::<attendance_log::Entity>().await.try_into().unwrap();
    assert_eq!(
        (log.employee_id.as_str(), log.date, log.source),
        (KNOWN, today(), attendance_log::Source::Camera)
    );
    assert_eq!(log.check_in_at, Some(seen.timestamp));
    assert_eq!(log.odoo_status, attendance_log::OdooStatus::Pending);
    assert!(log.id.starts_with("ATT-"));
    let [presence] = stage.all::<attendance_record::Entity>().await.try_into().unwrap();
    assert_eq!(presence.status, attendance_record::Status::OnSite);
    let [summary] = stage.all::<camera_summary::Entity>().await.try_into().unwrap();
    assert_eq!((summary.detections_today, summary.unknown_faces), (1, 0));
    assert!(stage.all::<alert::Entity>().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshot_and_thumbnail_are_pictures_in_object_storage() {
    let stage = Stage::set(known()).await;
    stage.profile(KNOWN, face_profile::Status::Active).await;
    let camera = stage.camera().await;
    stage.frame(&camera).await;
    let camera = camera::Entity::find_by_id(camera.id).one(stage.db()).await.unwrap().unwrap();
    let snapshot = stage.context.storage.get(camera.thumbnail_key.as_deref().unwrap()).await.unwrap();
    let [seen] = stage.all::<detection::Entity>().await.try_into().unwrap();
    let thumbnail = stage.context.storage.get(seen.thumbnail_key.as_deref().unwrap()).await.unwrap();
    let (snapshot, thumbnail) =
        (image::load_from_memory(&snapshot).unwrap(), image::load_from_memory(&thumbnail).unwrap());
    assert_eq!((snapshot.width(), snapshot.height()), (1280, 720));
    assert!(thumbnail.width() < 352 && thumbnail.height() < 352, "at most 320 pixels, grown to units of 16");
}

#[tokio::test(flavor = "multi_thread")]
async fn subscribers_hear_of_a_detection_and_the_live_list_has_a_new_version() {
    let stage = Stage::set(known()).await;
    let camera = stage.camera().await;
    let shutdown = Shutdown::new();
    let mut events = Subscription::start(&stage.settings, shutdown.clone()).unwrap().listen();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let before = stage.context.live.current().await.unwrap();
    stage.frame(&camera).await;
    assert!(stage.context.live.current().await.unwrap() > before);
    let event = tokio::time::timeout(Duration::from_secs(5), events.recv()).await.unwrap().unwrap();
    assert_eq!((event.channel, event.camera_id.as_deref()), (Channel::Detections, Some(camera.id.as_str())));
    let message: serde_json::Value = serde_json::from_str(event.message.get()).unwrap();
    assert_eq!((&message["type"], &message["detection"]["personId"]), (&"detection".into(), &KNOWN.into()));
    shutdown.start();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_face_of_nobody_known_raises_one_alert_within_the_cooldown() {
    let answer = serde_json::json!({ "detections": [
        { "confidence": 30.0, "boundingBox": { "top": 10, "left": 10, "width": 80, "height": 80 } },
    ]});
    let stage = Stage::set(Answer::Json(answer)).await;
    let camera = stage.camera().await;
    for _ in 0..3 {
        assert_eq!(stage.frame(&camera).await["unknown"], 1);
    }
    let [alert] = stage.all::<alert::Entity>().await.try_into().unwrap();
    assert_eq!((alert.kind.as_str(), alert.camera_id.as_deref()), ("unknown_face", Some(camera.id.as_str())));
    assert!(stage.all::<attendance_log::Entity>().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_match_without_an_active_profile_is_a_visitor_and_marks_nobody() {
    let stage = Stage::set(known()).await;
    stage.profile(KNOWN, face_profile::Status::Archived).await;
    let camera = stage.camera().await;
    stage.frame(&camera).await;
    let [seen] = stage.all::<detection::Entity>().await.try_into().unwrap();
    assert_eq!(seen.status, detection::Status::Visitor);
    assert!(stage.all::<attendance_log::Entity>().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_match_below_the_threshold_is_unknown_and_names_nobody() {
    let stage = Stage::set(Answer::person(KNOWN, "Somebody", 40.0)).await;
    stage.profile(KNOWN, face_profile::Status::Active).await;
    let camera = stage.camera().await;
    stage.frame(&camera).await;
    let [seen] = stage.all::<detection::Entity>().await.try_into().unwrap();
    assert_eq!((seen.status, seen.person_id, seen.name), (detection::Status::Unknown, None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_runs_twice_has_its_effect_once() {
    let stage = Stage::set(known()).await;
    stage.profile(KNOWN, face_profile::Status::Active).await;
    let camera = stage.camera().await;
    let id = stage.enqueue(&SendFrame { camera_id: camera.id.clone() }).await;
    let first = stage.ended(id).await;
    // The queue forgets the job, as after a FLUSHALL, and the sweeper pushes it again under its id.
    stage.forget_queues();
    make_old(&stage, id).await;
    let swept = jobs::sweep(stage.db(), &stage.context.queues).await.unwrap();
    assert_eq!(swept.pushed, 1);
    let second = stage.ended(id).await;
    let without_times = |job: queue::JobView| {
        let mut report: serde_json::Value = serde_json::from_str(job.result.unwrap().get()).unwrap();
        report["steps"].take();
        report
    };
    assert_eq!(without_times(first), without_times(second), "the stored result is the answer");
    assert_eq!(stage.all::<detection::Entity>().await.len(), 1);
    assert_eq!(stage.all::<detection_event_log::Entity>().await.len(), 1);
    assert_eq!(stage.all::<job_effect::Entity>().await.len(), 1);
}

/// Makes the outbox row look old enough for the sweeper.
async fn make_old(stage: &Stage, id: queue::JobId) {
    use sea_orm::ConnectionTrait as _;
    let age = format!("UPDATE job_outbox SET created_at = now() - interval '1 minute' WHERE id = '{id}'");
    stage.db().execute_unprepared(&age).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_frame_on_demand_leaves_an_event_and_no_detection() {
    let stage = Stage::set(Answer::nobody()).await;
    let camera = stage.camera().await;
    assert_eq!(stage.frame(&camera).await["detections"], 0);
    assert!(stage.all::<detection::Entity>().await.is_empty());
    assert_eq!(stage.all::<detection_event_log::Entity>().await.len(), 1);
}

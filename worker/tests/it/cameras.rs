//! Health of cameras: who is offline, since when, and that everybody is told once.

use entity::{alert, camera, camera::StreamType, camera_summary};
use jobs::CheckCameraHealth;
use queue::JobState;
use sea_orm::{ConnectionTrait as _, EntityTrait as _};
use testkit::provider::Answer;

use crate::stage::Stage;

async fn check(stage: &Stage) -> serde_json::Value {
    let job = stage.ended(stage.enqueue(&CheckCameraHealth {}).await).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.attempts);
    // The next one is the same work: its key is free once the sweeper has seen this one end.
    stage
        .db()
        .execute_unprepared("UPDATE job_outbox SET created_at = now() - interval '1 minute'")
        .await
        .unwrap();
    jobs::sweep(stage.db(), &stage.context.queues).await.unwrap();
    serde_json::from_str(job.result.unwrap().get()).unwrap()
}

async fn reload(stage: &Stage, id: &str) -> camera::Model {
    camera::Entity::find_by_id(id).one(stage.db()).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_unseen_for_minutes_goes_offline_with_one_alert_and_comes_back_with_its_picture() {
    let stage = Stage::set(Answer::nobody()).await;
    let folder = tempfile::tempdir_in(testkit::camera::scenes()).unwrap();
    let file = folder.path().join("picture.jpg");
    let camera = stage.camera_at(StreamType::LocalFile, &file.display().to_string()).await;
    let age = "UPDATE cameras SET created_at = now() - interval '10 minutes'";
    stage.db().execute_unprepared(age).await.unwrap();
    for _ in 0..2 {
        assert_eq!(check(&stage).await, serde_json::json!({ "online": 0, "offline": 1 }));
    }
    assert_eq!(reload(&stage, &camera.id).await.status, camera::Status::Offline);
    let [raised] = stage.all::<alert::Entity>().await.try_into().unwrap();
    assert_eq!((raised.kind.as_str(), raised.resolved_at), ("camera_offline", None));

    std::fs::copy(testkit::camera::picture("lobby"), &file).unwrap();
    assert_eq!(check(&stage).await, serde_json::json!({ "online": 1, "offline": 0 }));
    assert_eq!(reload(&stage, &camera.id).await.status, camera::Status::Online);
    let [resolved] = stage.all::<alert::Entity>().await.try_into().unwrap();
    assert!(resolved.resolved_at.is_some());
    let [day] = stage.all::<camera_summary::Entity>().await.try_into().unwrap();
    assert_eq!((day.checks, day.checks_up), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_missed_look_is_no_outage() {
    let stage = Stage::set(Answer::nobody()).await;
    let missing = testkit::camera::scenes().join("not-there.jpg");
    let camera = stage.camera_at(StreamType::LocalFile, &missing.display().to_string()).await;
    check(&stage).await;
    assert_eq!(reload(&stage, &camera.id).await.status, camera::Status::Online);
    assert!(stage.all::<alert::Entity>().await.is_empty());
}

//! The house's own upkeep: presences that end by themselves, and data that is too old.

use entity::{attendance_record, detection_event_log, face_profile, job_outbox};
use jobs::{CleanupOldData, ExpirePresence};
use queue::JobState;
use sea_orm::ConnectionTrait as _;
use testkit::provider::Answer;

use crate::stage::Stage;

const KNOWN: &str = "EMP-001";

async fn stage_with_presence() -> Stage {
    let stage = Stage::set(Answer::person(KNOWN, "Somebody", 80.0)).await;
    stage.profile(KNOWN, face_profile::Status::Active).await;
    let camera = stage.camera().await;
    stage.frame(&camera).await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_was_not_seen_for_an_hour_counts_as_gone() {
    let stage = stage_with_presence().await;
    stage
        .db()
        .execute_unprepared("UPDATE attendance_records SET timestamp = timestamp - interval '61 minutes'")
        .await
        .unwrap();
    let job = stage.ended(stage.enqueue(&ExpirePresence {}).await).await;
    assert_eq!(job.state, JobState::Done);
    let [record] = stage.all::<attendance_record::Entity>().await.try_into().unwrap();
    assert_eq!(record.status, attendance_record::Status::OffSite);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_was_seen_lately_stays() {
    let stage = stage_with_presence().await;
    stage.ended(stage.enqueue(&ExpirePresence {}).await).await;
    let [record] = stage.all::<attendance_record::Entity>().await.try_into().unwrap();
    assert_eq!(record.status, attendance_record::Status::OnSite);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_and_finished_jobs_go_after_their_time_and_younger_ones_stay() {
    let stage = stage_with_presence().await;
    let camera = stage.camera().await;
    for old in [
        "UPDATE detection_event_logs SET timestamp = now() - interval '31 days'",
        "UPDATE job_outbox SET finished_at = now() - interval '25 hours', outcome = 'done'",
    ] {
        stage.db().execute_unprepared(old).await.unwrap();
    }
    stage.frame(&camera).await;
    let job = stage.ended(stage.enqueue(&CleanupOldData {}).await).await;
    let report: serde_json::Value = serde_json::from_str(job.result.unwrap().get()).unwrap();
    assert_eq!((&report["events"], &report["jobs"]), (&1.into(), &1.into()));
    assert_eq!(stage.all::<detection_event_log::Entity>().await.len(), 1);
    assert_eq!(stage.all::<job_outbox::Entity>().await.len(), 2, "the frame's and the clean-up's own");
}

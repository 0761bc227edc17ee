//! The house's own upkeep: presences that end by themselves, and data that is too old.

use std::time::Duration;

use chrono::{Days, Utc};
use entity::{
    attendance_record, detection, detection_event_log, export_job, face_profile, job_effect, job_outbox,
    login_attempt, system_metric, user_session,
};
use jobs::{CleanupCaptureGuards, CleanupOldData, ExpirePresence};
use queue::JobState;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use serde_json::Value;
use testkit::{eventually, provider::Answer};

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
    let report = clean_up(&stage).await;
    assert_eq!((&report["events"], &report["jobs"]), (&1.into(), &1.into()));
    assert_eq!(stage.all::<detection_event_log::Entity>().await.len(), 1);
    assert_eq!(stage.all::<job_outbox::Entity>().await.len(), 2, "the frame's and the clean-up's own");
}

#[tokio::test(flavor = "multi_thread")]
async fn guards_of_automatic_captures_go_after_an_hour_and_those_of_other_jobs_stay() {
    let stage = Stage::set(Answer::nobody()).await;
    // More than one batch.
    let guards = "INSERT INTO job_effects (job_id, kind, run_id, applied_at)
                  SELECT gen_random_uuid(), kind, 'r', now() - minutes * interval '1 minute'
                  FROM unnest(ARRAY['capture_frame', 'send_frame']) AS kind, unnest(ARRAY[59, 61]) AS minutes, generate_series(1, 1001)";
    stage.db().execute_unprepared(guards).await.unwrap();
    let job = stage.ended(stage.enqueue(&CleanupCaptureGuards {}).await).await;
    assert_eq!(job.result.unwrap().get(), "1001");
    let left = stage.all::<job_effect::Entity>().await;
    let of = |kind: &str| left.iter().filter(|guard| guard.kind == kind).count();
    assert_eq!((of("capture_frame"), of("send_frame")), (1001, 2002));
}

async fn clean_up(stage: &Stage) -> Value {
    let job = stage.ended(stage.enqueue(&CleanupOldData {}).await).await;
    serde_json::from_str(job.result.unwrap().get()).unwrap()
}

/// Of each kind one row that is too old, and one that is not yet.
const OLD_AND_YOUNG: [&str; 4] = [
    "INSERT INTO user_sessions (id, user_id, family_id, refresh_token_hash, issued_at, expires_at)
     SELECT gen_random_uuid(), users.id, gen_random_uuid(), hours::text, now() - interval '14 days', now() - hours * interval '1 hour'
     FROM (SELECT id FROM users LIMIT 1) AS users, unnest(ARRAY[25, 23]) AS hours",
    "INSERT INTO login_attempts (email_lower, ip_address, failures, window_started_at)
     SELECT hours || '@example.org', '192.0.2.1', 1, now() - hours * interval '1 hour' FROM unnest(ARRAY[25, 23]) AS hours",
    "INSERT INTO system_metrics (id, host, category, label, value, timestamp)
     SELECT gen_random_uuid(), 'host', 'cpu', 'cpu0', 1, now() - days * interval '1 day' FROM unnest(ARRAY[31, 29]) AS days",
    "INSERT INTO export_jobs (id, user_id, type, format, status, updated_at)
     SELECT gen_random_uuid(), users.id, 'daily', 'csv', 'failed', now() - days * interval '1 day'
     FROM (SELECT id FROM users LIMIT 1) AS users, unnest(ARRAY[32, 30]) AS days",
];

#[tokio::test(flavor = "multi_thread")]
async fn dead_sessions_failed_sign_ins_readings_and_ended_exports_go_after_their_time_and_younger_ones_stay()
{
    let stage = Stage::set(Answer::nobody()).await;
    for rows in OLD_AND_YOUNG {
        stage.db().execute_unprepared(rows).await.unwrap();
    }
    let report = clean_up(&stage).await;
    for what in ["sessions", "signIns", "metrics", "exportRows"] {
        assert_eq!(report[what], 1, "{what} of {report}");
    }
    let [session] = stage.all::<user_session::Entity>().await.try_into().unwrap();
    assert_eq!(session.refresh_token_hash.expose(), "23");
    let [attempt] = stage.all::<login_attempt::Entity>().await.try_into().unwrap();
    assert_eq!(attempt.email_lower, "23@example.org");
    assert_eq!(stage.all::<system_metric::Entity>().await.len(), 1);
    assert_eq!(stage.all::<export_job::Entity>().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_reader_of_detections_keeps_nothing_but_their_days_and_spends_no_attempt() {
    let stage = Stage::set(Answer::nobody()).await;
    let day = Utc::now().date_naive() - Days::new(91);
    detection::ensure_partitions(stage.db(), day, 1).await.unwrap();
    stage.db().execute_unprepared(OLD_AND_YOUNG[2]).await.unwrap();
    let reader = stage.db().begin().await.unwrap();
    detection::newest(&reader, None, 10, Utc::now()).await.unwrap();
    let id = stage.enqueue(&CleanupOldData {}).await;
    let job = eventually(Duration::from_secs(30), "the clean-up is put off", || async {
        stage.context.queues.job(id).await.unwrap().filter(|job| job.due_at.is_some())
    })
    .await;
    assert_eq!((job.state, job.attempt), (JobState::Scheduled, 0), "{:?}", job.attempts);
    assert_eq!(stage.all::<system_metric::Entity>().await.len(), 1);
    reader.commit().await.unwrap();
    assert_eq!(detection::drop_partitions(stage.db(), day + Days::new(1)).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn detections_go_by_whole_days_and_those_whose_day_has_no_partition_too() {
    let stage = Stage::set(Answer::nobody()).await;
    let day = Utc::now().date_naive() - Days::new(91);
    detection::ensure_partitions(stage.db(), day, 2).await.unwrap();
    // Two days with a partition, and two without.
    let rows = "INSERT INTO detections (id, timestamp, camera_id, confidence, status, provider_kind)
                SELECT gen_random_uuid(), (now() AT TIME ZONE 'UTC')::date - days + interval '12 hours', 'CAM-01', 50, 'unknown', 'rollcall'
                FROM unnest(ARRAY[92, 91, 90, 89]) AS days";
    stage.db().execute_unprepared(rows).await.unwrap();
    let report = clean_up(&stage).await;
    assert_eq!((&report["detectionDays"], &report["detections"]), (&1.into(), &1.into()), "{report}");
    let mut left: Vec<_> = stage.all::<detection::Entity>().await;
    left.sort_by_key(|row| row.timestamp);
    let left: Vec<_> = left.into_iter().map(|row| row.timestamp.date_naive() - day).collect();
    assert_eq!(left.iter().map(chrono::TimeDelta::num_days).collect::<Vec<_>>(), [1, 2]);
}

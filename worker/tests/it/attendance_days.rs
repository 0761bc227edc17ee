//! Whole days of attendance: closed by the clock, recomputed on demand.

use chrono::{Days, TimeDelta, Utc};
use entity::{attendance_log, closed_day, face_profile, shift_schedule};
use jobs::{CloseAttendanceDay, RecomputeDay};
use queue::JobState;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _};
use serde_json::json;
use testkit::{eventually, provider::Answer};

use crate::stage::{Stage, today};

const KNOWN: &str = "EMP-001";

async fn seen_once() -> Stage {
    let stage = Stage::set(Answer::person(KNOWN, "Somebody", 80.0)).await;
    stage.profile(KNOWN, face_profile::Status::Active).await;
    let camera = stage.camera().await;
    stage.frame(&camera).await;
    stage
}

async fn result(stage: &Stage, id: queue::JobId) -> serde_json::Value {
    let job = stage.ended(id).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.attempts);
    serde_json::from_str(job.result.unwrap().get()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_close_ends_the_open_logs_of_days_that_are_over_and_runs_twice_without_effect() {
    let stage = seen_once().await;
    let two_days = "interval '2 days'";
    for statement in [
        format!("UPDATE detections SET timestamp = timestamp - {two_days}"),
        format!("UPDATE attendance_logs SET date = date - 2, check_in_at = check_in_at - {two_days}"),
    ] {
        stage.db().execute_unprepared(&statement).await.unwrap();
    }
    let report = result(&stage, stage.enqueue(&CloseAttendanceDay {}).await).await;
    assert_eq!((&report["checkedOut"], &report["missed"]), (&json!(1), &json!(0)), "{report}");
    let [log] = stage.all::<attendance_log::Entity>().await.try_into().unwrap();
    assert_eq!(log.check_out_at, log.check_in_at);
    let days = stage.all::<closed_day::Entity>().await;
    assert!(days.iter().any(|day| day.date == today() - Days::new(2) && day.checked_out == 1));
    let again = result(&stage, stage.enqueue(&CloseAttendanceDay {}).await).await;
    assert_eq!(again, json!({ "days": [], "checkedOut": 0, "missed": 0 }));
    assert_eq!(stage.all::<attendance_log::Entity>().await, [log]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recomputed_day_tells_what_was_wrong() {
    let stage = seen_once().await;
    let [right] = stage.all::<attendance_log::Entity>().await.try_into().unwrap();
    stage.db().execute_unprepared("UPDATE attendance_logs SET status = 'late'").await.unwrap();
    let job = RecomputeDay { date: right.date, employee_id: None };
    let report = result(&stage, stage.enqueue(&job).await).await;
    assert_eq!((&report["people"], &report["changed"]), (&json!(1), &json!(1)), "{report}");
    assert_eq!(report["changes"][0]["before"]["status"], "late");
    let [log] = stage.all::<attendance_log::Entity>().await.try_into().unwrap();
    assert_eq!((log.status, log.check_in_at), (right.status, right.check_in_at));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_whose_detections_are_gone_ends_dead_with_the_reason() {
    let stage = seen_once().await;
    let job = RecomputeDay { date: today() - Days::new(400), employee_id: None };
    let ended = stage.ended(stage.enqueue(&job).await).await;
    assert_eq!(ended.state, JobState::Dead);
    let error = ended.attempts[0].error.clone().unwrap();
    assert!(error.contains("are not kept any more"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_shifts_is_in_force_within_five_seconds() {
    let stage = seen_once().await;
    let camera = stage.camera().await;
    stage.frame(&camera).await;
    stage.db().execute_unprepared("DELETE FROM attendance_logs").await.unwrap();
    let early = (Utc::now() - TimeDelta::hours(2)).time();
    let shift = shift_schedule::ActiveModel {
        id: Set("SHIFT-NEW".to_owned()),
        name: Set("New".to_owned()),
        start_time: Set(early),
        end_time: Set((Utc::now() + TimeDelta::hours(1)).time()),
        days: Set((1..=7).collect()),
        ..Default::default()
    };
    shift.insert(stage.db()).await.unwrap();
    let changed = std::time::Instant::now();
    eventually(std::time::Duration::from_secs(8), "the shift counts", || async {
        stage.db().execute_unprepared("DELETE FROM attendance_logs").await.unwrap();
        stage.frame(&camera).await;
        let [log] = stage.all::<attendance_log::Entity>().await.try_into().unwrap();
        log.shift_id.map(drop)
    })
    .await;
    assert!(changed.elapsed().as_secs() < 6, "{:?}", changed.elapsed());
}

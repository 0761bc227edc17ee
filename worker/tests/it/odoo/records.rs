//! What arrives in Odoo.

use entity::attendance_log::{OdooStatus, Status};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _};

use super::stage::{OdooStage, at};

#[tokio::test(flavor = "multi_thread")]
async fn open_and_closed_logs_arrive_once_in_every_version() {
    for version in [16, 17, 18, 19] {
        let stage = OdooStage::set(version).await;
        let (one, other) = (stage.hire("E1"), stage.hire("E2"));
        let closed = stage.log("E1", 2, 8, 17).await;
        stage.log("E2", 2, 9, 0).await;
        assert_eq!(stage.synced().await, (2, 0), "{version}");
        assert_eq!(stage.records_of(one), [(at(2, 8), Some(at(2, 17)))], "{version}");
        assert_eq!(stage.records_of(other), [(at(2, 9), None)], "{version}");
        let row = stage.row(&closed).await;
        assert_eq!((row.odoo_status, row.odoo_error_message), (OdooStatus::Synced, None));
        assert!(row.odoo_attendance_id.is_some() && row.odoo_sync_time.is_some());
        assert_eq!(row.odoo_sent.unwrap()["checkOut"], serde_json::json!(at(2, 17)));
        assert_eq!(stage.synced().await, (0, 0), "nothing is left to send");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_out_and_a_correction_change_the_record_that_is_there() {
    let stage = OdooStage::set(19).await;
    let employee = stage.hire("E1");
    let id = stage.log("E1", 2, 8, 0).await;
    stage.synced().await;
    let record = stage.row(&id).await.odoo_attendance_id;
    stage.correct(&id, at(2, 8), Some(at(2, 17))).await;
    stage.synced().await;
    assert_eq!(stage.records_of(employee), [(at(2, 8), Some(at(2, 17)))]);
    stage.correct(&id, at(2, 7), Some(at(2, 16))).await;
    stage.synced().await;
    assert_eq!(stage.records_of(employee), [(at(2, 7), Some(at(2, 16)))]);
    assert_eq!(stage.row(&id).await.odoo_attendance_id, record);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_log_of_many_is_alone_in_its_failure() {
    for version in [16, 19] {
        let stage = OdooStage::set(version).await;
        for number in 0..30 {
            stage.hire(&format!("E{number}"));
            stage.log(&format!("E{number}"), 2, 8, 17).await;
        }
        // Night work that overlaps the next day's log.
        let bad = stage.log_at("E7", at(3, 0), Some(at(3, 9))).await;
        let row = stage.row("ATT-20261102-E7").await;
        stage.correct(&row.id, at(2, 20), Some(at(3, 1))).await;
        assert_eq!(stage.synced().await, (30, 1), "{version}");
        let failed = [stage.row(&bad).await, stage.row(&row.id).await];
        let failed: Vec<_> = failed.iter().filter(|row| row.odoo_status == OdooStatus::Failed).collect();
        let why = failed[0].odoo_error_message.as_deref().unwrap();
        assert!(
            failed.len() == 1 && why.contains("already checked in") && why.contains("correct the log"),
            "{why}"
        );
        assert_eq!(failed[0].odoo_attempts, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missed_day_is_not_sent_and_takes_back_what_was() {
    let stage = OdooStage::set(18).await;
    stage.hire("E1");
    let id = stage.log("E1", 2, 8, 17).await;
    stage.synced().await;
    let mut row = stage.row(&id).await.into_active_model();
    (row.status, row.odoo_status) = (Set(Status::Missed), Set(OdooStatus::Skipped));
    row.update(stage.db()).await.unwrap();
    assert_eq!(stage.synced().await, (1, 0));
    assert_eq!(stage.server.world().attendances().count(), 0);
    let row = stage.row(&id).await;
    assert_eq!((row.odoo_status, row.odoo_attendance_id, row.odoo_sent), (OdooStatus::Skipped, None, None));
    assert_eq!(stage.synced().await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_log_takes_its_record_with_it() {
    for version in [16, 19] {
        let stage = OdooStage::set(version).await;
        stage.hire("E1");
        let id = stage.log("E1", 2, 8, 17).await;
        stage.synced().await;
        let deletion = stage.delete(&id).await.unwrap();
        for removed in [true, false] {
            let ended = stage.run(&deletion).await;
            assert_eq!(ended, queue::Outcome::Done(serde_json::json!({ "removed": removed })), "{version}");
        }
        assert_eq!(stage.server.world().attendances().count(), 0, "{version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn named_logs_alone_are_sent() {
    let stage = OdooStage::set(19).await;
    let (one, other) = (stage.hire("E1"), stage.hire("E2"));
    let named = stage.log("E1", 2, 8, 17).await;
    stage.log("E2", 2, 8, 17).await;
    stage.run(&jobs::OdooSync { record_ids: Some(vec![named]) }).await;
    assert_eq!((stage.records_of(one).len(), stage.records_of(other).len()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn odoo_gets_utc_across_the_hour_that_a_zone_has_twice() {
    let stage = OdooStage::set(17).await;
    let employee = stage.hire("E1");
    let local = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc();
    let (from, to) = (local("2026-10-25T02:30:00.4+02:00"), local("2026-10-25T02:30:00.9+01:00"));
    let id = stage.log_at("E1", from, Some(to)).await;
    stage.synced().await;
    let utc = |text: &str| local(text);
    assert_eq!(
        stage.records_of(employee),
        [(utc("2026-10-25T00:30:00Z"), Some(utc("2026-10-25T01:30:00Z")))]
    );
    assert_eq!(stage.row(&id).await.odoo_status, OdooStatus::Synced);
}

//! What people do in Odoo is theirs.

use entity::attendance_log::OdooStatus;
use jobs::{Origin, enqueue_in};
use odoo::stand_in::Attendance;
use queue::Outcome;
use sea_orm::TransactionTrait as _;
use serde_json::json;

use super::stage::{OdooStage, at};

async fn synced_one(stage: &OdooStage) -> (String, i64) {
    stage.hire("E1");
    let id = stage.log("E1", 2, 8, 17).await;
    stage.synced().await;
    (id, stage.record().id)
}

async fn why(stage: &OdooStage, id: &str) -> String {
    let row = stage.row(id).await;
    assert_eq!(row.odoo_status, OdooStatus::Failed);
    row.odoo_error_message.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_there_is_not_overwritten_and_the_log_says_so() {
    for version in [16, 19] {
        let stage = OdooStage::set(version).await;
        let (id, record) = synced_one(&stage).await;
        stage.server.world().edit(record, |record| record.check_out = Some(at(2, 16))).unwrap();
        stage.correct(&id, at(2, 8), Some(at(2, 18))).await;
        stage.synced().await;
        let message = why(&stage, &id).await;
        assert!(message.contains("changed in Odoo") && message.contains("edit the log here"), "{message}");
        assert_eq!(stage.record().check_out, Some(at(2, 16)), "{version}");
        stage.correct(&id, at(2, 8), Some(at(2, 16))).await;
        stage.synced().await;
        assert_eq!(stage.row(&id).await.odoo_status, OdooStatus::Synced, "the advice helps");
        stage.correct(&id, at(2, 8), Some(at(2, 19))).await;
        stage.synced().await;
        assert_eq!(stage.record().check_out, Some(at(2, 19)), "and from then on it is ours again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_removed_there_is_not_made_again() {
    let stage = OdooStage::set(18).await;
    let (id, _) = synced_one(&stage).await;
    let record = stage.record();
    stage.server.world().remove(record.id);
    stage.correct(&id, at(2, 8), Some(at(2, 18))).await;
    stage.synced().await;
    assert!(why(&stage, &id).await.contains("removed there"));
    assert_eq!(stage.server.world().attendances().count(), 0);
    let again = Attendance { check_out: Some(at(2, 18)), ..record };
    stage.server.world().add(vec![again]).unwrap();
    stage.synced().await;
    let row = stage.row(&id).await;
    assert_eq!(row.odoo_status, OdooStatus::Synced, "entered there by hand, as the advice was");
    assert_eq!(row.odoo_attendance_id, Some(stage.record().id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_edited_there_outlives_the_log_that_was_deleted_here() {
    let stage = OdooStage::set(19).await;
    let (id, record) = synced_one(&stage).await;
    stage.server.world().edit(record, |record| record.check_out = Some(at(2, 16))).unwrap();
    let deletion = stage.delete(&id).await.unwrap();
    let ended = stage.run(&deletion).await;
    assert!(matches!(&ended, Outcome::Discard(why) if why.contains("changed in Odoo")), "{ended:?}");
    assert_eq!(stage.record().check_out, Some(at(2, 16)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_made_anew_waits_for_the_end_of_the_deleted_ones_record() {
    let stage = OdooStage::set(19).await;
    let (id, record) = synced_one(&stage).await;
    let deletion = stage.delete(&id).await.unwrap();
    let accepted = stage.db().begin().await.unwrap();
    let _ = enqueue_in(&accepted, &deletion, Origin::system()).await.unwrap();
    accepted.commit().await.unwrap();
    let anew = stage.log("E1", 2, 8, 17).await;
    assert_eq!(stage.synced().await, (0, 1));
    assert!(stage.row(&anew).await.odoo_error_message.unwrap().contains("is being removed"));
    assert_eq!(stage.run(&deletion).await, Outcome::Done(json!({ "removed": true })));
    assert_eq!(stage.synced().await, (1, 0));
    assert_ne!(stage.record().id, record);
    assert_eq!(stage.row(&anew).await.odoo_attendance_id, Some(stage.record().id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_is_retried_leaves_a_record_to_the_log_that_took_it_over() {
    let stage = OdooStage::set(19).await;
    let (id, record) = synced_one(&stage).await;
    let deletion = stage.delete(&id).await.unwrap();
    let anew = stage.log("E1", 2, 8, 17).await;
    assert_eq!(stage.synced().await, (1, 0));
    assert_eq!(stage.row(&anew).await.odoo_attendance_id, Some(record));
    assert_eq!(stage.run(&deletion).await, Outcome::Done(json!({ "removed": false })));
    assert_eq!(stage.record().id, record);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_entered_by_hand_there_is_taken_for_the_logs_own() {
    let stage = OdooStage::set(19).await;
    let employee = stage.hire("E1");
    let by_hand = Attendance {
        id: 0,
        employee,
        check_in: at(2, 8),
        check_out: Some(at(2, 17)),
        out_mode: "manual".to_owned(),
    };
    stage.server.world().add(vec![by_hand]).unwrap();
    let id = stage.log("E1", 2, 8, 17).await;
    stage.synced().await;
    assert_eq!(stage.row(&id).await.odoo_attendance_id, Some(stage.record().id));
}

//! Networks, servers and workers that fail in the middle.

use std::{sync::Arc, time::Duration};

use entity::attendance_log::OdooStatus;
use jobs::OdooSync;
use odoo::{
    Limits,
    stand_in::{Fault, Setup},
};
use queue::Outcome;
use uuid::Uuid;
use worker::Registry;

use super::stage::{OdooStage, PATIENT, at, delivery};

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_reply_makes_no_second_record() {
    for version in [16, 17, 18, 19] {
        for fault in
            [Fault::BreakAfter, Fault::StatusAfter(504), Fault::Page, Fault::Bare, Fault::BreakBefore]
        {
            let stage = OdooStage::set(version).await;
            let employee = stage.hire("E1");
            let id = stage.log("E1", 2, 8, 0).await;
            stage.server.faults().next(Some("create"), fault);
            let ended = stage.sync().await;
            assert!(matches!(ended, Outcome::Retry(_)), "{version}, {fault:?}: {ended:?}");
            assert_eq!(stage.synced().await, (1, 0), "{version}, {fault:?}");
            assert_eq!(stage.records_of(employee), [(at(2, 8), None)], "{version}, {fault:?}");
            assert_eq!(stage.row(&id).await.odoo_status, OdooStatus::Synced);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lost_reply_a_log_that_was_changed_since_changes_its_record() {
    let stage = OdooStage::set(19).await;
    let employee = stage.hire("E1");
    let id = stage.log("E1", 2, 8, 0).await;
    stage.server.faults().next(Some("create"), Fault::BreakAfter);
    stage.sync().await;
    stage.correct(&id, at(2, 7), Some(at(2, 16))).await;
    stage.server.faults().next(Some("write"), Fault::BreakAfter);
    stage.sync().await;
    stage.correct(&id, at(2, 6), Some(at(2, 15))).await;
    assert_eq!(stage.synced().await, (1, 0));
    assert_eq!(stage.records_of(employee), [(at(2, 6), Some(at(2, 15)))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_deleted_after_a_lost_reply_leaves_no_record() {
    let stage = OdooStage::set(19).await;
    stage.hire("E1");
    let id = stage.log("E1", 2, 8, 17).await;
    stage.server.faults().next(Some("create"), Fault::BreakAfter);
    stage.sync().await;
    let deletion = stage.delete(&id).await.expect("only Odoo can tell whether it arrived");
    assert_eq!(stage.run(&deletion).await, Outcome::Done(serde_json::json!({ "removed": true })));
    assert_eq!(stage.server.world().attendances().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_odoo_may_still_be_working_on_is_waited_for() {
    let limits = Limits { call: Duration::from_millis(300), settle: Duration::from_secs(3) };
    let stage = OdooStage::with(Setup::of(19), limits).await;
    let employee = stage.hire("E1");
    stage.log("E1", 2, 8, 17).await;
    stage.server.faults().next(Some("create"), Fault::SlowWork(Duration::from_millis(1_000)));
    assert!(matches!(stage.sync().await, Outcome::Retry(_)));
    assert!(matches!(stage.sync().await, Outcome::Snooze(_)), "it has not shown yet");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(stage.synced().await, (1, 0));
    assert_eq!(stage.records_of(employee).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_goes_on_where_the_attempt_stopped_and_counts_all_of_it() {
    let stage = OdooStage::set(19).await;
    for number in 0..250 {
        let person = format!("E{number}");
        if number != 3 {
            stage.hire(&person);
        }
        stage.log(&person, 2, 8, 17).await;
    }
    let job = Uuid::now_v7();
    stage.server.faults().next(Some("create"), Fault::SlowReply(Duration::ZERO));
    stage.server.faults().next(Some("create"), Fault::BreakAfter);
    let first = stage.run_as(&OdooSync::default(), job, 1, None).await;
    assert!(matches!(first, Outcome::Retry(_)), "{first:?}");
    let second = stage.run_as(&OdooSync::default(), job, 2, None).await;
    assert_eq!(second, Outcome::Done(serde_json::json!({ "synced": 249, "failed": 1 })));
    assert_eq!(stage.server.world().attendances().count(), 249);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_in_the_middle_leaves_nothing_twice() {
    let setup = Setup { create_hundred: Duration::from_millis(400), ..Setup::of(19) };
    let stage = OdooStage::with(setup, PATIENT).await;
    for number in 0..300 {
        stage.hire(&format!("E{number}"));
        stage.log(&format!("E{number}"), 2, 8, 17).await;
    }
    let job = delivery(&OdooSync::default(), Uuid::now_v7(), 1, None);
    let context = Arc::clone(&stage.stage.context);
    let dying = tokio::spawn(async move { Registry::complete().run(context, job).await });
    tokio::time::sleep(Duration::from_millis(900)).await;
    dying.abort();
    tokio::time::sleep(Duration::from_millis(600)).await;
    let (synced, failed) = stage.synced().await;
    assert!(synced > 0 && failed == 0, "{synced}, {failed}");
    assert_eq!(stage.server.world().attendances().count(), 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_changed_while_it_is_sent_is_sent_again_by_the_next_sync() {
    let setup = Setup { create_hundred: Duration::from_secs(60), ..Setup::of(18) };
    let stage = OdooStage::with(setup, PATIENT).await;
    let employee = stage.hire("E1");
    let id = stage.log("E1", 2, 8, 0).await;
    let change = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        stage.correct(&id, at(2, 8), Some(at(2, 17))).await;
    };
    tokio::join!(stage.synced(), change);
    assert_eq!(stage.row(&id).await.odoo_status, OdooStatus::Pending);
    stage.synced().await;
    assert_eq!(stage.records_of(employee), [(at(2, 8), Some(at(2, 17)))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_deleted_while_it_is_sent_takes_its_record_with_it() {
    let setup = Setup { create_hundred: Duration::from_secs(60), ..Setup::of(19) };
    let stage = OdooStage::with(setup, PATIENT).await;
    stage.hire("E1");
    let id = stage.log("E1", 2, 8, 17).await;
    let delete = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        stage.delete(&id).await
    };
    tokio::join!(stage.synced(), delete);
    assert_eq!(stage.record().check_in, at(2, 8));
    let asked = stage.stage.all::<entity::job_outbox::Entity>().await;
    let deletion = asked.iter().find(|row| row.kind == "delete_odoo_record").expect("a job for its end");
    let deletion: jobs::DeleteOdooRecord = serde_json::from_value(deletion.payload.clone()).unwrap();
    stage.run(&deletion).await;
    assert_eq!(stage.server.world().attendances().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_stood_still_while_another_dealt_with_its_logs_changes_nothing_of_them() {
    let stage = OdooStage::set(19).await;
    let employee = stage.hire("E1");
    let id = stage.log("E1", 2, 8, 17).await;
    let slow = Fault::SlowReply(Duration::from_millis(1_500));
    stage.server.faults().next(Some("create"), slow);
    let job = Uuid::now_v7();
    let still = {
        let (context, job) = (Arc::clone(&stage.stage.context), delivery(&OdooSync::default(), job, 1, None));
        tokio::spawn(async move { Registry::complete().run(context, job).await })
    };
    tokio::time::sleep(Duration::from_millis(700)).await;
    stage.run_as(&OdooSync::default(), job, 2, None).await;
    stage.correct(&id, at(2, 9), Some(at(2, 18))).await;
    assert_eq!(stage.synced().await, (1, 0));
    let there = stage.row(&id).await;
    still.await.unwrap();
    let now = stage.row(&id).await;
    assert_eq!((now.odoo_status, now.odoo_sent), (OdooStatus::Synced, there.odoo_sent));
    assert_eq!(stage.records_of(employee), [(at(2, 9), Some(at(2, 18)))]);
    assert_eq!(stage.stage.all::<entity::odoo_sync_log::Entity>().await.len(), 2, "one word of each sync");
}

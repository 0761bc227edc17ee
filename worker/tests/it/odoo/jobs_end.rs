//! How jobs end, and what people hear of it.

use std::sync::Arc;

use chrono::TimeDelta;
use entity::{
    alert, attendance_log::OdooStatus, notification, odoo_config::Status, odoo_sync_log,
    odoo_sync_log::SyncResult, system_config, user,
};
use jobs::{OdooSync, ScheduledOdooSync};
use odoo::stand_in::{Fault, Rights};
use queue::Outcome;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;
use worker::Registry;

use super::stage::{OdooStage, delivery};

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_key_stops_the_sync_with_one_alert_and_no_storm() {
    for version in [16, 19] {
        let stage = OdooStage::set(version).await;
        for number in 0..120 {
            stage.hire(&format!("E{number}"));
            stage.log(&format!("E{number}"), 2, 8, 17).await;
        }
        stage.server.faults().next(Some("create"), Fault::KeyExpires);
        let ended = stage.sync().await;
        assert!(
            matches!(&ended, Outcome::Discard(why) if why.contains("make a new key")),
            "{version}: {ended:?}"
        );
        let before = stage.server.faults().calls();
        stage.sync().await;
        assert!(stage.server.faults().calls() - before <= 3, "one look is enough");
        assert_eq!(stage.config().await.status, Status::Error);
        let alerts = stage.stage.all::<alert::Entity>().await;
        assert_eq!((alerts.len(), alerts[0].kind.as_str()), (1, "odoo"), "{version}");
        assert!(alerts[0].description.as_deref().unwrap().contains("make a new key"));
        assert_eq!(stage.row("ATT-20261102-E0").await.odoo_status, OdooStatus::Pending);
        stage.server.world().key_expired = false;
        assert_eq!(stage.synced().await, (120, 0), "{version}");
        assert_eq!(stage.config().await.status, Status::Connected);
        assert!(stage.config().await.last_sync.is_some());
        assert!(stage.stage.all::<alert::Entity>().await[0].resolved_at.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_to_make_attendances_nothing_is_tried() {
    let stage = OdooStage::set(18).await;
    stage.hire("E1");
    stage.log("E1", 2, 8, 17).await;
    stage.server.world().rights = Rights { employees: true, read: true, change: false };
    let ended = stage.sync().await;
    assert!(
        matches!(&ended, Outcome::Discard(why) if why.contains("Attendances / Administrator")),
        "{ended:?}"
    );
    assert_eq!(stage.row("ATT-20261102-E1").await.odoo_status, OdooStatus::Pending);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odoo_that_is_away_is_tried_again() {
    let stage = OdooStage::set(19).await;
    stage.hire("E1");
    stage.log("E1", 2, 8, 17).await;
    stage.server.faults().next(None, Fault::BreakBefore);
    assert!(matches!(stage.sync().await, Outcome::Retry(_)));
    assert_eq!(stage.config().await.status, Status::Error);
    assert!(stage.stage.all::<alert::Entity>().await.is_empty(), "it may come back by itself");
    assert_eq!(stage.synced().await, (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_log_has_a_row_that_says_what_came_of_it() {
    let stage = OdooStage::set(19).await;
    stage.hire("E1");
    let (sent, failed) = (stage.log("E1", 2, 8, 17).await, stage.log("E2", 2, 8, 17).await);
    stage.synced().await;
    let rows = stage.stage.all::<odoo_sync_log::Entity>().await;
    let of = |id: &str| rows.iter().find(|row| row.attendance_log_id.as_deref() == Some(id)).unwrap();
    assert_eq!(
        (rows.len(), of(&sent).result, of(&failed).result),
        (2, SyncResult::Success, SyncResult::Failure)
    );
    assert!(of(&sent).message.as_deref().unwrap().starts_with("made record"));
    assert_eq!(of(&failed).message, stage.row(&failed).await.odoo_error_message);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_failures_than_usual_raise_one_alert_until_they_are_gone() {
    let stage = OdooStage::set(19).await;
    let mut threshold = system_config::Entity::find_by_id("odoo.failure_alert_threshold")
        .one(stage.db())
        .await
        .unwrap()
        .unwrap()
        .into_active_model();
    threshold.value = Set(json!(2));
    threshold.update(stage.db()).await.unwrap();
    for number in 0..3 {
        stage.log(&format!("E{number}"), 2, 8, 17).await;
    }
    for _ in 0..2 {
        assert_eq!(stage.synced().await, (0, 3));
        assert_eq!(stage.stage.all::<alert::Entity>().await.len(), 1);
    }
    for number in 0..3 {
        stage.hire(&format!("E{number}"));
    }
    assert_eq!(stage.synced().await, (3, 0));
    assert!(stage.stage.all::<alert::Entity>().await[0].resolved_at.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asked_is_told_once_how_it_ended() {
    let stage = OdooStage::set(19).await;
    stage.hire("E1");
    stage.log("E1", 2, 8, 17).await;
    let asker = stage.stage.all::<user::Entity>().await.remove(0).id;
    let job = Uuid::now_v7();
    for attempt in 1..=2 {
        stage.run_as(&OdooSync::default(), job, attempt, Some(asker)).await;
    }
    let notes = stage.stage.all::<notification::Entity>().await;
    assert_eq!((notes.len(), notes[0].user_id), (1, Some(asker)));
    assert_eq!(notes[0].title, "1 attendance logs are in Odoo");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_asks_for_a_sync_only_where_it_is_on_and_something_waits() {
    let stage = OdooStage::set(19).await;
    let nothing = Outcome::Done(json!({ "jobId": null }));
    assert_eq!(stage.run(&ScheduledOdooSync {}).await, nothing);
    stage.log("E1", 2, 8, 17).await;
    assert_eq!(stage.run(&ScheduledOdooSync {}).await, nothing, "it is off");
    let mut row = stage.config().await.into_active_model();
    row.auto_sync = Set(true);
    row.update(stage.db()).await.unwrap();
    let first = stage.run(&ScheduledOdooSync {}).await;
    assert_ne!(first, nothing);
    assert_eq!(stage.run(&ScheduledOdooSync {}).await, first, "one that waits stands in for the next");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_odoo_refuses_ends_says_what_to_do_and_can_be_retried() {
    for version in [16, 19] {
        let stage = OdooStage::set(version).await;
        stage.hire("E1");
        let id = stage.log("E1", 2, 8, 17).await;
        stage.synced().await;
        let deletion = stage.delete(&id).await.unwrap();
        stage.server.world().keeps_all = true;
        let ended = stage.run(&deletion).await;
        let Outcome::Discard(why) = ended else { panic!("{version}: {ended:?}") };
        for part in [&id, "payslip", "remove it there", "retry this job"] {
            assert!(why.contains(part), "{part}: {why}");
        }
        let rows = stage.stage.all::<odoo_sync_log::Entity>().await;
        let said = rows.iter().find(|row| row.result == SyncResult::Failure).unwrap();
        assert_eq!((said.message.as_ref(), said.attendance_log_id.as_ref()), (Some(&why), Some(&id)));
        assert!(stage.stage.all::<alert::Entity>().await.is_empty(), "the connection is well");
        assert_eq!(stage.config().await.status, Status::Connected);
        stage.server.world().keeps_all = false;
        assert_eq!(stage.run(&deletion).await, Outcome::Done(json!({ "removed": true })));
        assert_eq!(stage.server.world().attendances().count(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_waits_longer_and_longer_for_a_new_key() {
    let stage = OdooStage::set(19).await;
    stage.hire("E1");
    let id = stage.log("E1", 2, 8, 17).await;
    stage.synced().await;
    let deletion = stage.delete(&id).await.unwrap();
    stage.server.world().key_expired = true;
    for (age, wait) in [(0, 1), (5, 5), (10, 10), (45, 15)] {
        let mut job = delivery(&deletion, Uuid::now_v7(), 1, None);
        job.enqueued_at -= TimeDelta::minutes(age);
        let ended = Registry::complete().run(Arc::clone(&stage.stage.context), job).await;
        let Outcome::Snooze(distance) = ended else { panic!("{ended:?}") };
        assert_eq!(distance.as_secs() / 60, wait, "after {age} minutes");
    }
    stage.server.world().key_expired = false;
    assert_eq!(stage.run(&deletion).await, Outcome::Done(json!({ "removed": true })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_gives_up_on_odoo_says_so() {
    let stage = OdooStage::set(19).await;
    stage.hire("E1");
    let id = stage.log("E1", 2, 8, 17).await;
    stage.synced().await;
    let deletion = stage.delete(&id).await.unwrap();
    let failures = async || {
        let rows = stage.stage.all::<odoo_sync_log::Entity>().await;
        rows.iter().filter(|row| row.result == SyncResult::Failure).count()
    };
    for (attempt, said) in [(4, 0), (5, 1)] {
        stage.server.faults().next(Some("unlink"), Fault::StatusBefore(503));
        let ended = stage.run_as(&deletion, Uuid::now_v7(), attempt, None).await;
        assert!(matches!(ended, Outcome::Retry(_)), "{ended:?}");
        assert_eq!(failures().await, said, "attempt {attempt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odoo_that_nobody_has_set_up_is_named() {
    let stage = OdooStage::set(19).await;
    let mut row = stage.config().await.into_active_model();
    row.api_key = Set(None);
    row.update(stage.db()).await.unwrap();
    let ended = stage.sync().await;
    assert!(matches!(&ended, Outcome::Discard(why) if why.contains("no Odoo is set up")), "{ended:?}");
}

//! Open records: settled before anything later of the same person, and closed by Odoo itself now and then.

use entity::attendance_log::OdooStatus;

use super::stage::{OdooStage, at};

#[tokio::test(flavor = "multi_thread")]
async fn an_older_open_record_is_closed_before_a_later_one_is_made() {
    let stage = OdooStage::set(16).await;
    let employee = stage.hire("E1");
    let first = stage.log("E1", 2, 8, 0).await;
    stage.synced().await;
    // Closed late, so that a later record made before would stand in its way.
    stage.correct(&first, at(2, 8), Some(at(3, 6))).await;
    stage.log("E1", 3, 6, 15).await;
    assert_eq!(stage.synced().await, (2, 0));
    assert_eq!(stage.records_of(employee), [(at(2, 8), Some(at(3, 6))), (at(3, 6), Some(at(3, 15)))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_behind_one_that_stands_open_waits_and_says_for_what() {
    let stage = OdooStage::set(19).await;
    let employee = stage.hire("E1");
    let (open, later) = (stage.log("E1", 2, 8, 0).await, stage.log("E1", 3, 8, 17).await);
    assert_eq!(stage.synced().await, (1, 1));
    let why = stage.row(&later).await.odoo_error_message.unwrap();
    assert!(why.contains(&open) && why.contains("enter its check-out"), "{why}");
    assert_eq!(stage.synced().await, (0, 1), "a second sync changes nothing");
    stage.correct(&open, at(2, 8), Some(at(2, 17))).await;
    assert_eq!(stage.synced().await, (2, 0));
    assert_eq!(stage.records_of(employee).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_people_closed_in_odoo_holds_nothing_up() {
    let stage = OdooStage::set(19).await;
    let employee = stage.hire("E1");
    stage.log("E1", 2, 8, 0).await;
    stage.synced().await;
    let id = stage.record().id;
    stage.server.world().edit(id, |record| record.check_out = Some(at(2, 18))).unwrap();
    let later = stage.log("E1", 3, 8, 17).await;
    stage.synced().await;
    assert_eq!(stage.row(&later).await.odoo_status, OdooStatus::Synced);
    assert_eq!(stage.records_of(employee)[0].1, Some(at(2, 18)));
}

#[tokio::test(flavor = "multi_thread")]
async fn our_check_out_replaces_the_one_that_odoo_made_up() {
    for version in [17, 18, 19] {
        let stage = OdooStage::set(version).await;
        stage.hire("E1");
        let id = stage.log("E1", 2, 8, 0).await;
        stage.synced().await;
        let record = stage.record().id;
        let ended = stage.server.world().edit(record, |record| {
            (record.check_out, record.out_mode) = (Some(at(2, 16)), "auto_check_out".to_owned());
        });
        ended.unwrap();
        stage.correct(&id, at(2, 8), Some(at(2, 19))).await;
        assert_eq!(stage.synced().await, (1, 0), "{version}");
        let record = stage.record();
        assert_eq!((record.check_out, record.out_mode.as_str()), (Some(at(2, 19)), "manual"), "{version}");
    }
}

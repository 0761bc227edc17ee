//! Who somebody of ours is in Odoo, and what a log says where nobody is.

use entity::attendance_log::OdooStatus;
use odoo::stand_in::Employee;

use super::stage::{OdooStage, at};

#[tokio::test(flavor = "multi_thread")]
async fn a_badge_with_a_dash_finds_the_one_without_where_versions_take_none() {
    for version in [16, 17, 18, 19] {
        let stage = OdooStage::set(version).await;
        let employee = stage.hire(if version < 18 { "EMP-00412" } else { "EMP00412" });
        stage.log("EMP-00412", 2, 8, 17).await;
        assert_eq!(stage.synced().await, (1, 0), "{version}");
        assert_eq!(stage.records_of(employee), [(at(2, 8), Some(at(2, 17)))]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_there_or_twice_fails_alone_and_says_what_to_do() {
    let stage = OdooStage::set(19).await;
    stage.hire("E1");
    for name in ["One", "Two"] {
        let twin = Employee {
            name: name.to_owned(),
            identification_id: Some("E2".to_owned()),
            ..Employee::default()
        };
        stage.server.world().hire(twin).unwrap();
    }
    let mut ids = Vec::new();
    for person in ["E1", "E2", "E3"] {
        ids.push(stage.log(person, 2, 8, 17).await);
    }
    assert_eq!(stage.synced().await, (1, 2));
    assert_eq!(stage.row(&ids[0]).await.odoo_status, OdooStatus::Synced);
    let twice = stage.row(&ids[1]).await.odoo_error_message.unwrap();
    assert!(twice.contains("2 employees") && twice.contains("identification_id"), "{twice}");
    let nobody = stage.row(&ids[2]).await.odoo_error_message.unwrap();
    assert!(nobody.contains("nobody in Odoo is E3") && nobody.contains("enter it there"), "{nobody}");
    stage.hire("E3");
    assert_eq!(stage.synced().await, (1, 1), "failed ones are tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_employee_still_gets_the_attendance() {
    let stage = OdooStage::set(17).await;
    let gone = Employee { barcode: Some("E1".to_owned()), archived: true, ..Employee::default() };
    let employee = stage.server.world().hire(gone).unwrap();
    stage.log("E1", 2, 8, 17).await;
    assert_eq!(stage.synced().await, (1, 0));
    assert_eq!(stage.records_of(employee).len(), 1);
}

//! Networks and servers that fail, and what the client then knows about what was done.

use std::time::Duration;

use odoo::{NewRecord, OdooError, stand_in::Fault};

use crate::support::{VERSIONS, client, hire, stand_in, times};

/// Makes one record under a fault; answers the error, and whether the record is there.
async fn creating(version: u32, fault: Fault) -> (OdooError, bool) {
    let server = stand_in(version).await;
    let (client, employee) = (client(&server).await, hire(&server, "1"));
    server.faults().next(Some("create"), fault);
    let error = client.create(&[NewRecord { employee, times: times(2, 8, 9) }]).await.unwrap_err();
    let is_there = server.world().attendances().count() == 1;
    (error, is_there)
}

#[tokio::test]
async fn whatever_may_have_been_done_is_unsure() {
    for version in VERSIONS {
        for (fault, done) in [
            (Fault::BreakBefore, false),
            (Fault::BreakAfter, true),
            (Fault::StatusBefore(502), false),
            (Fault::StatusAfter(504), true),
            (Fault::SlowReply(Duration::from_secs(60)), true),
            (Fault::Page, true),
            (Fault::Huge, true),
        ] {
            let (error, is_there) = creating(version, fault).await;
            assert!(error.is_unsure(), "{version}, {fault:?}: {error:?}");
            assert!(!error.is_about_records(), "{version}, {fault:?}");
            assert_eq!(is_there, done, "{version}, {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_creation_that_answers_nothing_is_unsure_and_a_removal_that_does_is_done() {
    let (error, is_there) = creating(16, Fault::Bare).await;
    assert!(error.is_unsure() && is_there, "{error:?}");
    let server = stand_in(16).await;
    let (client, employee) = (client(&server).await, hire(&server, "1"));
    let id = client.create(&[NewRecord { employee, times: times(2, 8, 9) }]).await.unwrap()[0];
    server.faults().next(Some("unlink"), Fault::Bare);
    client.remove(id).await.unwrap();
}

#[tokio::test]
async fn work_goes_on_after_the_caller_gave_up() {
    let server = stand_in(19).await;
    let (client, employee) = (client(&server).await, hire(&server, "1"));
    server.faults().next(Some("create"), Fault::SlowWork(Duration::from_millis(800)));
    let error = client.create(&[NewRecord { employee, times: times(2, 8, 9) }]).await.unwrap_err();
    assert!(error.is_unsure() && error.to_string().contains("did not answer within"), "{error}");
    assert_eq!(server.world().attendances().count(), 0);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(server.world().attendances().count(), 1);
}

#[tokio::test]
async fn a_call_after_a_broken_one_works_again() {
    let server = stand_in(18).await;
    let client = client(&server).await;
    for fault in [Fault::BreakBefore, Fault::BreakAfter, Fault::Huge] {
        server.faults().next(None, fault);
        client.records(&[1], &[]).await.unwrap_err();
        client.records(&[1], &[]).await.unwrap();
    }
}

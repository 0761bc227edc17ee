//! When a log is sent to Odoo again.

use attendance::odoo::{Cause, Sent, SyncStatus, after_change, of_new};
use attendance::{Log, Status};
use chrono::TimeDelta;

use crate::arbitrary::at;

fn log() -> Log {
    Log {
        check_in: at("09:00:00"),
        check_out: Some(at("17:00:00")),
        camera_id: None,
        shift_id: None,
        status: Status::Present,
    }
}

fn sent_open() -> Option<Sent> {
    Some(Sent { check_in: at("09:00:00"), check_out: None })
}

#[test]
fn a_new_log_is_pending_and_a_missed_one_skipped() {
    assert_eq!(of_new(Status::Late), SyncStatus::Pending);
    assert_eq!(of_new(Status::Missed), SyncStatus::Skipped);
}

#[test]
fn a_synced_open_log_becomes_pending_when_it_is_ended_and_not_at_every_sighting() {
    assert_eq!(after_change(SyncStatus::Synced, &log(), sent_open(), Cause::Seen), SyncStatus::Synced);
    assert_eq!(after_change(SyncStatus::Synced, &log(), sent_open(), Cause::Ended), SyncStatus::Pending);
}

#[test]
fn an_end_that_odoo_knows_already_is_not_sent_again() {
    let sent = Sent { check_in: at("09:00:00"), check_out: Some(at("17:00:00")) };
    let within_the_second = Log { check_out: Some(at("17:00:00") + TimeDelta::milliseconds(900)), ..log() };
    assert_eq!(
        after_change(SyncStatus::Synced, &within_the_second, Some(sent), Cause::Ended),
        SyncStatus::Synced
    );
}

#[test]
fn a_recomputation_that_moves_the_check_in_is_sent_again() {
    let earlier = Log { check_in: at("08:55:00"), ..log() };
    assert_eq!(after_change(SyncStatus::Synced, &earlier, sent_open(), Cause::Seen), SyncStatus::Pending);
}

#[test]
fn an_edit_makes_a_synced_or_failed_log_pending() {
    for current in [SyncStatus::Synced, SyncStatus::Failed, SyncStatus::Pending] {
        assert_eq!(after_change(current, &log(), sent_open(), Cause::Edited), SyncStatus::Pending);
    }
}

#[test]
fn a_failed_log_stays_failed_when_somebody_is_seen() {
    assert_eq!(after_change(SyncStatus::Failed, &log(), None, Cause::Seen), SyncStatus::Failed);
}

#[test]
fn a_missed_log_is_skipped_until_the_person_turns_out_to_have_come() {
    let missed = Log { status: Status::Missed, ..log() };
    assert_eq!(after_change(SyncStatus::Synced, &missed, None, Cause::Edited), SyncStatus::Skipped);
    assert_eq!(after_change(SyncStatus::Skipped, &log(), None, Cause::Seen), SyncStatus::Pending);
}

//! A day anew from its detections.

use attendance::{Rules, Status};
use chrono::TimeDelta;
use chrono_tz::Tz;
use daybook::{Changed, Edits, Field, RecomputeError, Recomputed, edit, recompute};
use entity::detection;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

use crate::book::{Book, EMPLOYEE, MONDAY, at, date, leaving, next, seen, shift, utc};

#[tokio::test]
async fn what_a_fault_spoiled_comes_right_and_is_told() {
    let book = Book::office().await;
    book.see(seen(at("09:00"))).await;
    book.see(leaving(at("17:00"))).await;
    let right = book.logs().await[0].1.clone();
    let spoil = "UPDATE attendance_logs SET check_in_at = check_in_at + interval '1 hour', status = 'late'";
    book.db().execute_unprepared(spoil).await.unwrap();
    let wrong = book.logs().await[0].1.clone();
    let done = recompute(book.db(), &book.site, date(MONDAY), None, at("20:00")).await.unwrap();
    let changed = Changed {
        employee_id: EMPLOYEE.to_owned(),
        date: date(MONDAY),
        before: Some(wrong),
        after: Some(right.clone()),
    };
    assert_eq!((done.people, done.changed), (1, vec![changed]));
    assert_eq!(book.logs().await, [(date(MONDAY), right)]);
    let row = book.row().await;
    assert_eq!((row.accuracy, row.camera_id.as_deref()), (Some(80.0), Some("CAM-INSIDE")));
}

#[tokio::test]
async fn what_people_entered_stays() {
    let book = Book::office().await;
    book.see(seen(at("09:30"))).await;
    let id = book.row().await.id;
    let transaction = book.db().begin().await.unwrap();
    let edits = Edits {
        check_in: Field::Enter(at("08:55")),
        status: Field::Enter(Status::Present),
        ..Edits::default()
    };
    edit(&transaction, &book.site, &id, &edits, at("10:00")).await.unwrap();
    transaction.commit().await.unwrap();
    book.see(leaving(at("17:00"))).await;
    let before = book.rows().await;
    assert_eq!(before[0].check_out_at, Some(at("17:00")), "a camera fills in what was not entered");
    let done = recompute(book.db(), &book.site, date(MONDAY), None, at("20:00")).await.unwrap();
    assert_eq!(done.changed, []);
    assert_eq!(book.rows().await, before);
}

#[tokio::test]
async fn a_changed_rule_is_applied_to_the_past() {
    let mut book = Book::with(vec![shift("S", "09:00", "17:00")], Tz::UTC).await;
    book.see(seen(at("09:04"))).await;
    assert_eq!(book.logs().await[0].1.status, Status::Present);
    book.site.shifts[0].grace_minutes = 0;
    recompute(book.db(), &book.site, date(MONDAY), Some(EMPLOYEE), at("12:00")).await.unwrap();
    assert_eq!(book.logs().await[0].1.status, Status::Late);
    book.site.rules = Rules { min_agreeing_frames_on_demand: 2, ..Rules::default() };
    let done = recompute(book.db(), &book.site, date(MONDAY), None, at("12:00")).await.unwrap();
    assert_eq!((done.changed.len(), book.rows().await.len()), (1, 0), "one frame is not enough any more");
}

#[tokio::test]
async fn days_that_are_recomputed_backwards_come_out_as_in_their_order() {
    let book =
        Book::with(vec![shift("EARLY", "06:00", "14:00"), shift("NIGHT", "22:00", "06:00")], Tz::UTC).await;
    let nights: Vec<_> = date(MONDAY).iter_days().take(4).collect();
    for night in &nights {
        book.detect(EMPLOYEE, &seen(utc(&format!("{night} 22:00")))).await;
        book.detect(EMPLOYEE, &leaving(utc(&format!("{} 05:55", next(*night))))).await;
    }
    for night in nights.iter().rev() {
        recompute(book.db(), &book.site, *night, None, utc("2025-12-01 00:00")).await.unwrap();
    }
    let stays: Vec<_> = book.logs().await.into_iter().map(|(_, log)| (log.check_in, log.check_out)).collect();
    let worked = nights
        .iter()
        .map(|night| (utc(&format!("{night} 22:00")), Some(utc(&format!("{} 05:55", next(*night))))));
    assert_eq!(stays, worked.collect::<Vec<_>>());
}

#[tokio::test]
async fn a_day_whose_detections_were_dropped_is_refused_and_keeps_its_logs() {
    let book = Book::office().await;
    book.keep_days(MONDAY, 2).await;
    book.see(seen(at("09:00"))).await;
    detection::drop_partitions(book.db(), next(date(MONDAY))).await.unwrap();
    let refused = recompute(book.db(), &book.site, date(MONDAY), None, utc("2026-03-01 12:00")).await;
    assert!(matches!(refused, Err(RecomputeError::NotKept(day)) if day == date(MONDAY)), "{refused:?}");
    assert_eq!(book.rows().await.len(), 1);
}

#[tokio::test]
async fn a_day_on_which_nobody_was_seen_is_a_recomputation_of_nobody_until_it_is_too_old() {
    let book = Book::office().await;
    book.import_log().await;
    let done = recompute(book.db(), &book.site, date(MONDAY), None, at("20:00")).await.unwrap();
    assert_eq!((done, book.rows().await.len()), (Recomputed::default(), 1));
    let last_kept = utc("2026-02-01 12:00");
    assert!(recompute(book.db(), &book.site, date(MONDAY), None, last_kept).await.is_ok());
    let refused = recompute(book.db(), &book.site, date(MONDAY), None, utc("2026-02-02 12:00")).await;
    assert!(matches!(refused, Err(RecomputeError::NotKept(_))), "{refused:?}");
}

#[tokio::test]
async fn the_last_dropped_day_keeps_its_logs_though_the_one_after_it_is_there() {
    let book = Book::office().await;
    book.keep_days(MONDAY, 2).await;
    book.see(seen(at("09:00"))).await;
    book.see(seen(at("09:00") + TimeDelta::days(1))).await;
    detection::drop_partitions(book.db(), next(date(MONDAY))).await.unwrap();
    let before = book.rows().await;
    let done = recompute(book.db(), &book.site, date(MONDAY), None, at("20:00")).await.unwrap();
    assert_eq!(
        (done.changed, book.rows().await),
        (vec![], before),
        "detections were kept for a shorter time then"
    );
}

#[tokio::test]
async fn a_day_to_come_is_refused() {
    let book = Book::office().await;
    let refused = recompute(book.db(), &book.site, next(date(MONDAY)), None, at("12:00")).await;
    assert!(matches!(refused, Err(RecomputeError::NotBegun(_))), "{refused:?}");
}

#[tokio::test]
async fn a_log_that_no_detection_speaks_against_is_kept() {
    let book = Book::office().await;
    book.keep_days(MONDAY, 1).await;
    book.import_log().await;
    let done = recompute(book.db(), &book.site, date(MONDAY), None, at("20:00")).await.unwrap();
    assert_eq!((done.people, done.changed.len(), book.rows().await.len()), (1, 0, 1));
}

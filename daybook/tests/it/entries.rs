//! What people enter, change and take back.

use attendance::{
    Status,
    edit::{End, Problem},
};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use daybook::{Edited, Edits, EntryError, Field, delete, edit, enter};
use entity::attendance_log::{self, ActiveModel, Model, OdooStatus, Source};
use futures_util::future::join;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, TransactionTrait as _};

use crate::book::{Book, MONDAY, at, date, leaving, person, seen, shift, utc};

const EVENING: &str = "20:00";

async fn entered(book: &Book, at: DateTime<Utc>, edits: Edits) -> Result<Edited, EntryError> {
    let transaction = book.db().begin().await.unwrap();
    let now = utc("2025-11-04 12:00");
    let entered = enter(&transaction, &book.site, &person(), at, edits, now).await?;
    transaction.commit().await.unwrap();
    Ok(entered)
}

async fn edited(book: &Book, id: &str, edits: Edits) -> Result<Edited, EntryError> {
    let transaction = book.db().begin().await.unwrap();
    let edited = edit(&transaction, &book.site, id, &edits, at(EVENING)).await?;
    transaction.commit().await.unwrap();
    Ok(edited)
}

fn check_in(clock: &str) -> Edits {
    Edits { check_in: Field::Enter(at(clock)), ..Edits::default() }
}

fn check_out(clock: &str) -> Edits {
    Edits { check_out: Field::Enter(at(clock)), ..Edits::default() }
}

fn problems(refused: Result<Edited, EntryError>) -> Vec<Problem> {
    match refused {
        Err(EntryError::Refused(problems)) => problems,
        other => panic!("{other:?}"),
    }
}

fn times(row: &Model) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
    (row.check_in_at, row.check_out_at)
}

#[tokio::test]
async fn a_check_in_by_hand_stands_and_gets_its_check_out_from_the_door() {
    let book = Book::office().await;
    let made = entered(&book, at("09:10"), Edits::default()).await.unwrap().after;
    assert_eq!((made.source, made.time_in.unwrap().to_string()), (Source::Manual, "09:10:00".to_owned()));
    assert_eq!(made.status, attendance_log::Status::Late);
    book.see(seen(at("09:00"))).await;
    book.see(leaving(at("17:00"))).await;
    let row = book.row().await;
    assert_eq!(times(&row), (Some(at("09:10")), Some(at("17:00"))));
    assert!(row.check_in_entered && !row.check_out_entered && !row.status_entered);
}

#[tokio::test]
async fn a_time_after_midnight_counts_for_the_evening_on_which_the_night_shift_began() {
    let book = Book::with(vec![shift("N", "22:00", "06:00")], Tz::UTC).await;
    let made = entered(&book, utc("2025-11-04 00:30"), Edits::default()).await.unwrap().after;
    assert_eq!((made.date, made.shift_id.as_deref()), (date(MONDAY), Some("N")));
}

#[tokio::test]
async fn a_second_time_by_hand_is_the_check_out_and_an_earlier_one_the_check_in() {
    let book = Book::office().await;
    book.see(seen(at("09:20"))).await;
    let left = entered(&book, at("16:00"), Edits::default()).await.unwrap().after;
    assert_eq!(times(&left), (Some(at("09:20")), Some(at("16:00"))));
    let came = entered(&book, at("09:00"), Edits::default()).await.unwrap().after;
    assert_eq!(times(&came), (Some(at("09:00")), Some(at("16:00"))));
    let clicked_twice = entered(&book, at("09:00") + TimeDelta::seconds(2), Edits::default()).await;
    assert!(matches!(clicked_twice, Err(EntryError::JustMarked(id)) if id == came.id));
}

#[tokio::test]
async fn a_camera_log_with_a_check_out_by_hand_counts_as_written_by_hand_and_keeps_its_camera() {
    let book = Book::office().await;
    book.see(seen(at("09:20"))).await;
    let left = entered(&book, at("16:00"), Edits::default()).await.unwrap().after;
    assert_eq!(
        (left.source, left.camera_id.as_deref(), left.accuracy),
        (Source::Manual, Some("CAM-INSIDE"), Some(80.0))
    );
    book.see(seen(at("17:00"))).await;
    assert_eq!(book.row().await.source, Source::Manual);
}

#[tokio::test]
async fn who_is_entered_as_missed_was_missed_in_the_first_shift_of_the_day() {
    let book = Book::with(vec![shift("B", "14:00", "22:00"), shift("A", "06:00", "14:00")], Tz::UTC).await;
    let absent = Edits { status: Field::Enter(Status::Missed), ..Edits::default() };
    let row = entered(&book, at("12:00"), absent).await.unwrap().after;
    assert_eq!((row.status, row.shift_id.as_deref()), (attendance_log::Status::Missed, Some("A")));
}

#[tokio::test]
async fn times_entered_in_any_order_come_to_the_earliest_and_the_latest() {
    for order in [["17:00", "09:00", "12:00"], ["09:00", "17:00", "12:00"], ["17:00", "12:00", "09:00"]] {
        let book = Book::office().await;
        let mut last = None;
        for time in order {
            last = Some(entered(&book, at(time), Edits::default()).await.unwrap().after);
        }
        assert_eq!(times(&last.unwrap()), (Some(at("09:00")), Some(at("17:00"))), "{order:?}");
    }
}

#[tokio::test]
async fn what_could_not_have_happened_is_refused_with_its_reason() {
    let book = Book::office().await;
    book.see(seen(at("09:00"))).await;
    book.see(leaving(at("17:00"))).await;
    let id = book.row().await.id;
    assert_eq!(problems(edited(&book, &id, check_out("08:00")).await), [Problem::OutBeforeIn]);
    assert_eq!(problems(edited(&book, &id, check_out("20:05")).await), [Problem::InFuture(End::CheckOut)]);
    let both = Edits { check_out: Field::Enter(at("08:00")), ..check_in("09:30") };
    assert_eq!(problems(edited(&book, &id, both).await), [Problem::OutBeforeIn]);
    let sunday = Edits { check_in: Field::Enter(utc("2025-11-02 23:00")), ..Edits::default() };
    assert_eq!(problems(edited(&book, &id, sunday).await), [Problem::OtherDay(date("2025-11-02"))]);
    let absent = Edits { status: Field::Enter(Status::Missed), ..check_in("09:30") };
    assert_eq!(problems(edited(&book, &id, absent).await), [Problem::TimesOfAbsence]);
    let old = entered(&book, utc("2023-11-04 09:00"), Edits::default()).await;
    assert_eq!(problems(old), [Problem::TooLongAgo(End::CheckIn)]);
    assert_eq!(times(&book.row().await), (Some(at("09:00")), Some(at("17:00"))));
}

#[tokio::test]
async fn a_log_may_not_reach_into_the_next_days() {
    let book = Book::with(Vec::new(), Tz::UTC).await;
    book.see(seen(at("18:00"))).await;
    book.see(seen(utc("2025-11-04 01:00"))).await;
    let id = book.rows().await[0].id.clone();
    let late = Edits { check_out: Field::Enter(utc("2025-11-04 01:30")), ..Edits::default() };
    let transaction = book.db().begin().await.unwrap();
    let refused = edit(&transaction, &book.site, &id, &late, utc("2025-11-04 12:00")).await;
    assert_eq!(problems(refused), [Problem::OverlapsAfter(date("2025-11-04"))]);
}

#[tokio::test]
async fn what_was_entered_can_be_taken_back() {
    let book = Book::office().await;
    book.see(seen(at("09:30"))).await;
    book.see(leaving(at("17:00"))).await;
    let before = book.row().await;
    let changed = edited(
        &book,
        &before.id,
        Edits {
            check_out: Field::Enter(at("16:00")),
            status: Field::Enter(Status::Present),
            ..check_in("09:00")
        },
    )
    .await
    .unwrap()
    .after;
    assert_eq!((changed.source, changed.camera_id.as_deref()), (Source::Manual, None));
    let back =
        Edits { check_in: Field::Clear, check_out: Field::Clear, status: Field::Clear, ..Edits::default() };
    let after = edited(&book, &before.id, back).await.unwrap().after;
    assert_eq!(daybook::log_of(&after), daybook::log_of(&before));
    assert_eq!(
        (after.source, after.accuracy, &after.camera_name),
        (Source::Camera, Some(80.0), &before.camera_name)
    );
}

#[tokio::test]
async fn somebody_entered_as_missed_stays_so_whatever_cameras_say() {
    let book = Book::office().await;
    book.see(seen(at("09:00"))).await;
    let id = book.row().await.id;
    let absent = Edits { status: Field::Enter(Status::Missed), ..Edits::default() };
    let row = edited(&book, &id, absent).await.unwrap().after;
    assert_eq!((row.status, times(&row)), (attendance_log::Status::Missed, (None, None)));
    book.see(seen(at("12:00"))).await;
    assert_eq!(book.row().await, row);
    let there = edited(&book, &id, Edits { status: Field::Clear, ..Edits::default() }).await.unwrap().after;
    assert_eq!(there.check_in_at, Some(at("09:00")), "taken back, the cameras are believed again");
}

#[tokio::test]
async fn a_note_alone_changes_no_time_and_is_marked_for_odoo() {
    let book = Book::office().await;
    book.see(seen(at("09:00"))).await;
    let row = book.row().await;
    let synced =
        ActiveModel { id: Set(row.id.clone()), odoo_status: Set(OdooStatus::Synced), ..Default::default() };
    synced.update(book.db()).await.unwrap();
    let note = Edits { note: Field::Enter("forgot the badge".to_owned()), ..Edits::default() };
    let after = edited(&book, &row.id, note.clone()).await.unwrap().after;
    assert_eq!((daybook::log_of(&after), after.odoo_status), (daybook::log_of(&row), OdooStatus::Pending));
    let again = edited(&book, &row.id, note).await.unwrap();
    assert_eq!(again.before.as_ref(), Some(&again.after), "the same again writes nothing");
}

#[tokio::test]
async fn a_log_without_detections_keeps_what_is_not_edited() {
    let book = Book::office().await;
    book.see(seen(at("09:00"))).await;
    book.see(leaving(at("17:00"))).await;
    book.db().execute_unprepared("DELETE FROM detections").await.unwrap();
    let id = book.row().await.id;
    let after = edited(&book, &id, check_out("16:00")).await.unwrap().after;
    assert_eq!(times(&after), (Some(at("09:00")), Some(at("16:00"))));
    assert_eq!(after.camera_id.as_deref(), Some("CAM-INSIDE"));
    let after = edited(&book, &id, check_in("09:10")).await.unwrap().after;
    assert_eq!(
        (times(&after), after.status),
        ((Some(at("09:10")), Some(at("16:00"))), attendance_log::Status::Late)
    );
}

#[tokio::test]
async fn a_corrected_check_in_by_hand_was_where_it_was_said_to_be() {
    let book = Book::office().await;
    let camera = Some(("CAM-ENTRY".to_owned(), "Gate".to_owned()));
    let row = entered(&book, at("09:00"), Edits { camera, ..Edits::default() }).await.unwrap().after;
    let after = edited(&book, &row.id, check_in("08:40")).await.unwrap().after;
    assert_eq!(after.check_in_at, Some(at("08:40")));
    assert_eq!((after.camera_id.as_deref(), after.camera_name.as_deref()), (Some("CAM-ENTRY"), Some("Gate")));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_edits_at_once_neither_is_lost() {
    let book = Book::office().await;
    book.see(seen(at("09:00"))).await;
    let id = book.row().await.id;
    let one = Box::pin(edited(&book, &id, check_in("08:50")));
    let other = Box::pin(edited(&book, &id, check_out("16:00")));
    let (one, other) = join(one, other).await;
    let (one, other) = (one.unwrap(), other.unwrap());
    assert!(one.before.as_ref() == Some(&other.after) || other.before.as_ref() == Some(&one.after));
    assert_eq!(times(&book.row().await), (Some(at("08:50")), Some(at("16:00"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_and_a_camera_at_once_both_count() {
    let book = Book::office().await;
    book.see(seen(at("09:00"))).await;
    let id = book.row().await.id;
    let edit = Box::pin(edited(&book, &id, check_in("08:50")));
    let (edited, ()) = join(edit, Box::pin(book.see(leaving(at("17:00"))))).await;
    edited.unwrap();
    assert_eq!(times(&book.row().await), (Some(at("08:50")), Some(at("17:00"))));
}

#[tokio::test]
async fn a_deleted_log_is_gone_and_a_second_delete_finds_nothing() {
    let book = Book::office().await;
    book.see(seen(at("09:00"))).await;
    let row = book.row().await;
    let transaction = book.db().begin().await.unwrap();
    assert_eq!(delete(&transaction, &row.id).await.unwrap(), row);
    assert!(matches!(delete(&transaction, &row.id).await, Err(EntryError::Missing)));
    transaction.commit().await.unwrap();
    assert!(book.rows().await.is_empty());
}

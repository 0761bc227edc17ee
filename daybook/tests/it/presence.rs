//! Where a person is, when people write the day.

use attendance::Status;
use chrono::{DateTime, Utc};
use daybook::{Arrival, Edits, EntryError, Field, delete, edit, enter, mark};
use entity::{
    attendance_log::{self, Source},
    attendance_record::{self, Model, Status as Whereabouts},
};
use sea_orm::{EntityTrait as _, TransactionTrait as _};
use uuid::Uuid;

use crate::book::{Book, EMPLOYEE, at, person, seen, utc};

async fn entered(book: &Book, clock: &str, now: &str) -> Result<(), EntryError> {
    with_status(book, clock, now, Field::Keep).await
}

async fn with_status(book: &Book, clock: &str, now: &str, status: Field<Status>) -> Result<(), EntryError> {
    let transaction = book.db().begin().await.unwrap();
    let edits = Edits { status, ..Edits::default() };
    enter(&transaction, &book.site, &person(), at(clock), edits, at(now)).await?;
    transaction.commit().await.unwrap();
    Ok(())
}

async fn edited(book: &Book, id: &str, edits: Edits) {
    let transaction = book.db().begin().await.unwrap();
    edit(&transaction, &book.site, id, &edits, at("20:00")).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn deleted(book: &Book, id: &str) {
    let transaction = book.db().begin().await.unwrap();
    delete(&transaction, id).await.unwrap();
    transaction.commit().await.unwrap();
}

/// A camera's sighting of the person, in the log and in the presence.
async fn on_site(book: &Book, seen_at: DateTime<Utc>) {
    book.see(seen(seen_at)).await;
    let row = Model {
        id: Uuid::now_v7(),
        person_id: EMPLOYEE.to_owned(),
        name: "Ada".to_owned(),
        role: None,
        department: None,
        status: Whereabouts::OnSite,
        accuracy: Some(80.0),
        timestamp: seen_at,
        camera_id: None,
        camera_name: None,
        thumbnail_key: None,
        created_at: seen_at,
        updated_at: seen_at,
    };
    attendance_record::observe(book.db(), row).await.unwrap();
}

async fn presence(book: &Book) -> Option<(Whereabouts, DateTime<Utc>)> {
    let rows = attendance_record::Entity::find().all(book.db()).await.unwrap();
    rows.first().map(|row| (row.status, row.timestamp))
}

#[tokio::test]
async fn who_is_entered_as_just_come_is_on_site_and_who_is_entered_as_gone_is_not() {
    let book = Book::office().await;
    entered(&book, "09:00", "09:05").await.unwrap();
    assert_eq!(presence(&book).await, Some((Whereabouts::OnSite, at("09:00"))));
    entered(&book, "12:00", "12:01").await.unwrap();
    assert_eq!(presence(&book).await, Some((Whereabouts::OffSite, at("12:00"))));
}

#[tokio::test]
async fn who_is_entered_hours_later_as_come_counts_as_gone_as_after_any_time_without_a_sighting() {
    let book = Book::office().await;
    entered(&book, "09:00", "10:00").await.unwrap();
    assert_eq!(presence(&book).await, Some((Whereabouts::OffSite, at("09:00"))));
}

#[tokio::test]
async fn what_a_camera_saw_later_is_known_better() {
    let book = Book::office().await;
    on_site(&book, at("09:30")).await;
    entered(&book, "09:00", "09:35").await.unwrap();
    assert_eq!(presence(&book).await, Some((Whereabouts::OnSite, at("09:30"))));
}

#[tokio::test]
async fn who_was_not_there_after_all_is_not_on_site() {
    let book = Book::office().await;
    on_site(&book, at("09:00")).await;
    let absent = Edits { status: Field::Enter(Status::Missed), ..Edits::default() };
    edited(&book, &book.row().await.id, absent).await;
    assert_eq!(presence(&book).await, Some((Whereabouts::OffSite, at("09:00"))));
}

#[tokio::test]
async fn with_a_log_goes_the_presence_that_it_tells_of_and_with_an_older_one_it_stays() {
    let book = Book::office().await;
    book.see(seen(utc("2025-11-02 09:00"))).await;
    on_site(&book, at("09:00")).await;
    let [sunday, monday] = book.rows().await.try_into().unwrap();
    deleted(&book, &sunday.id).await;
    assert_eq!(presence(&book).await, Some((Whereabouts::OnSite, at("09:00"))));
    deleted(&book, &monday.id).await;
    assert_eq!(presence(&book).await, Some((Whereabouts::OffSite, at("09:00"))));
}

#[tokio::test]
async fn whoever_is_marked_is_on_site() {
    let book = Book::office().await;
    let arrival = Arrival { source: Source::Face, confidence: Some(91.5) };
    let transaction = book.db().begin().await.unwrap();
    mark(&transaction, &book.site, &person(), arrival, at("09:03")).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(presence(&book).await, Some((Whereabouts::OnSite, at("09:03"))));
}

#[tokio::test]
async fn nobody_who_has_times_is_entered_as_missed_beside_them() {
    let book = Book::office().await;
    book.see(seen(at("09:00"))).await;
    let before = book.row().await;
    let refused = with_status(&book, "12:00", "12:01", Field::Enter(Status::Missed)).await;
    assert!(matches!(refused, Err(EntryError::Attended(id)) if id == before.id));
    assert_eq!(book.row().await, before);
    assert_eq!(before.status, attendance_log::Status::Present);
}

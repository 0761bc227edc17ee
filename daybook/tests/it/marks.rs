//! Marking somebody who is here now.

use daybook::{Arrival, Marked, mark};
use entity::attendance_log::{Source, Status};
use sea_orm::TransactionTrait as _;

use crate::book::{Book, EMPLOYEE, MONDAY, at, date, leaving, person, seen};

async fn marked(book: &Book, clock: &str) -> Marked {
    let arrival = Arrival { source: Source::Face, confidence: Some(91.5) };
    let transaction = book.db().begin().await.unwrap();
    let marked = mark(&transaction, &book.site, &person(), arrival, at(clock)).await.unwrap();
    transaction.commit().await.unwrap();
    marked
}

#[tokio::test]
async fn the_first_mark_of_a_day_opens_it_and_the_second_finds_it() {
    let book = Book::office().await;
    let Marked::New(made) = marked(&book, "09:03").await else { panic!("nothing was there") };
    let log = made.after;
    assert_eq!(made.before, None);
    assert_eq!((log.source, log.status, log.check_in_at), (Source::Face, Status::Present, Some(at("09:03"))));
    assert_eq!(marked(&book, "09:20").await, Marked::Already(Box::new(log.clone())));
    assert_eq!(book.rows().await, [log]);
}

#[tokio::test]
async fn a_camera_ends_what_a_mark_began() {
    let book = Book::office().await;
    marked(&book, "09:00").await;
    book.see(seen(at("08:58"))).await;
    book.see(leaving(at("17:00"))).await;
    let row = book.row().await;
    assert_eq!((row.check_in_at, row.check_out_at), (Some(at("09:00")), Some(at("17:00"))));
    assert_eq!((row.source, row.odoo_attempts), (Source::Face, 0));
}

#[tokio::test]
async fn somebody_who_counted_as_missed_can_be_marked() {
    let book = Book::office().await;
    book.enrol(EMPLOYEE).await;
    daybook::close_days(book.db(), &book.site, at("18:00")).await.unwrap();
    let Marked::New(made) = marked(&book, "18:30").await else { panic!("missed") };
    let (before, log) = (made.before.unwrap(), made.after);
    assert_eq!((before.status, log.status, log.date), (Status::Missed, Status::Late, date(MONDAY)));
    assert_eq!(before.id, log.id);
}

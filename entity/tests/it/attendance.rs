//! Attendance: ids, one log a person and day, its end, and the whereabouts.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use entity::attendance_log::{self as log, OdooStatus, Opened, Sighting, Source, Status};
use entity::attendance_record::{self as record, Status as Whereabouts};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, DatabaseConnection, EntityTrait,
    PaginatorTrait, TransactionTrait,
};

use crate::race::at_once;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()
}

fn nine() -> DateTime<Utc> {
    day().and_hms_opt(9, 0, 0).unwrap().and_utc()
}

async fn row(db: &DatabaseConnection, date: NaiveDate, name: &str) -> log::ActiveModel {
    log::ActiveModel {
        id: Set(log::next_id(db, date).await.unwrap()),
        name: Set(name.into()),
        status: Set(Status::Present),
        source: Set(Source::Camera),
        check_in_at: Set(Some(nine())),
        ..Default::default()
    }
}

async fn open(db: &DatabaseConnection, employee: &str, date: NaiveDate) -> log::Model {
    let row = row(db, date, employee).await;
    match log::open(db, employee, date, row).await.unwrap() {
        Opened::New(log) | Opened::Existing(log) => log,
    }
}

fn sighting(minutes: i64, closes: bool) -> Sighting {
    let at = nine() + TimeDelta::minutes(minutes);
    Sighting { at, time: at.time(), closes }
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_taken_at_once_are_numbered_by_day_without_doubles() {
    let database = testkit::database().await;
    let mut ids = at_once(20, |_| {
        let db = database.connection.clone();
        async move { log::next_id(&db, day()).await.unwrap() }
    })
    .await;
    ids.sort();
    assert_eq!(ids, (1..=20).map(|number| format!("ATT-20261121-{number:03}")).collect::<Vec<_>>());
    let next_day = log::next_id(&database.connection, day().succ_opt().unwrap()).await.unwrap();
    assert_eq!(next_day, "ATT-20261122-001");
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_see_a_person_in_the_same_second_make_one_row() {
    let database = testkit::database().await;
    for round in 0..10 {
        let employee = format!("EMP-{round:05}");
        let outcomes = at_once(5, |_| {
            let (db, employee) = (database.connection.clone(), employee.clone());
            async move {
                let row = row(&db, day(), "Ada").await;
                let transaction = db.begin().await.unwrap();
                let opened = log::open(&transaction, &employee, day(), row).await.unwrap();
                transaction.commit().await.unwrap();
                opened
            }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|opened| matches!(opened, Opened::New(_))).count(), 1);
    }
    assert_eq!(log::Entity::find().count(&database.connection).await.unwrap(), 10);
}

#[tokio::test]
async fn the_end_of_a_day_moves_forward_and_never_back() {
    let database = testkit::database().await;
    let db = &database.connection;
    let log = open(db, "EMP-00001", day()).await;
    let moved = log::move_time_out(db, &log.id, sighting(480, false)).await.unwrap().unwrap();
    assert_eq!(
        (moved.check_out_at, moved.time_out),
        (Some(sighting(480, false).at), NaiveTime::from_hms_opt(17, 0, 0))
    );
    assert_eq!(log::move_time_out(db, &log.id, sighting(470, false)).await.unwrap(), None);
    assert_eq!(log::move_time_out(db, &log.id, sighting(-10, false)).await.unwrap(), None);
}

#[tokio::test]
async fn a_synced_log_becomes_pending_again_only_when_its_end_is_final() {
    let database = testkit::database().await;
    let db = &database.connection;
    let log = open(db, "EMP-00001", day()).await;
    db.execute_unprepared("UPDATE attendance_logs SET odoo_status = 'synced'").await.unwrap();
    let passing = log::move_time_out(db, &log.id, sighting(60, false)).await.unwrap().unwrap();
    assert_eq!(passing.odoo_status, OdooStatus::Synced);
    let leaving = log::move_time_out(db, &log.id, sighting(61, true)).await.unwrap().unwrap();
    assert_eq!(leaving.odoo_status, OdooStatus::Pending);
}

fn present(person: &str, at: DateTime<Utc>) -> record::ActiveModel {
    record::ActiveModel {
        person_id: Set(person.into()),
        name: Set(person.into()),
        status: Set(Whereabouts::OnSite),
        timestamp: Set(at),
        ..Default::default()
    }
}

#[tokio::test]
async fn people_who_were_not_seen_for_long_count_as_gone() {
    let database = testkit::database().await;
    let db = &database.connection;
    present("EMP-1", nine()).insert(db).await.unwrap();
    present("EMP-2", nine() + TimeDelta::minutes(50)).insert(db).await.unwrap();
    assert_eq!(record::expire(db, nine() + TimeDelta::minutes(10)).await.unwrap(), 1);
    let here = record::Filter { status: Some(Whereabouts::OnSite), ..record::Filter::default() };
    let here = record::list(db, &here, 10).await.unwrap();
    assert_eq!(here.iter().map(|record| record.person_id.as_str()).collect::<Vec<_>>(), ["EMP-2"]);
}

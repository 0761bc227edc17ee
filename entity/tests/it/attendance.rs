//! Attendance: ids, one log a person and day, its end, the lists and the whereabouts.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use entity::Page;
use entity::attendance_log::{self as log, Filter, OdooStatus, Opened, Sighting, Source, Status};
use entity::attendance_record::{self as record, Status as Whereabouts};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, PaginatorTrait, Statement,
    TransactionTrait,
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

#[tokio::test]
async fn each_filter_of_the_logs_narrows_the_list_and_its_total() {
    let database = testkit::database().await;
    let db = &database.connection;
    for number in 0..4 {
        open(db, &format!("EMP-{number:05}"), day() - TimeDelta::days(number)).await;
    }
    db.execute_unprepared(
        "UPDATE attendance_logs SET camera_id = 'CAM-01', department = 'Research', status = 'late', odoo_status = 'failed',
             name = 'Zoë 50%' WHERE employee_id = 'EMP-00002'",
    )
    .await
    .unwrap();
    let people = async |filter: Filter| -> Vec<String> {
        let page = log::list(db, &filter, Page { number: 1, size: 20 }).await.unwrap();
        assert_eq!(page.total, log::count(db, &filter).await.unwrap());
        page.rows.into_iter().map(|log| log.employee_id).collect()
    };
    assert_eq!(people(Filter::default()).await, ["EMP-00000", "EMP-00001", "EMP-00002", "EMP-00003"]);
    let only_two = [
        Filter { search: Some("ZOË 50%".into()), ..Filter::default() },
        Filter { search: Some("p-00002".into()), ..Filter::default() },
        Filter { camera_id: Some("CAM-01".into()), ..Filter::default() },
        Filter { department: Some("Research".into()), ..Filter::default() },
        Filter { status: Some(Status::Late), ..Filter::default() },
        Filter { odoo_status: Some(OdooStatus::Failed), ..Filter::default() },
        Filter {
            date_from: Some(day() - TimeDelta::days(2)),
            date_to: Some(day() - TimeDelta::days(2)),
            ..Filter::default()
        },
    ];
    for filter in only_two {
        assert_eq!(people(filter.clone()).await, ["EMP-00002"], "{filter:?}");
    }
    assert_eq!(
        people(Filter { search: Some("5_%".into()), ..Filter::default() }).await,
        Vec::<String>::new()
    );
    let spanning = Filter { search: Some("50% EMP".into()), ..Filter::default() };
    assert_eq!(people(spanning).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_search_among_many_logs_uses_its_index() {
    let database = testkit::database().await;
    let db = &database.connection;
    db.execute_unprepared(
        "INSERT INTO attendance_logs (id, employee_id, name, date, status, source)
         SELECT 'ATT-' || n, 'EMP-' || n, md5(n::text), '2026-01-01', 'present', 'camera' FROM generate_series(1, 20000) AS n",
    )
    .await
    .unwrap();
    db.execute_unprepared("VACUUM ANALYZE attendance_logs").await.unwrap();
    let filter = Filter { search: Some("EMP-12345".into()), ..Filter::default() };
    assert_eq!(log::count(db, &filter).await.unwrap(), 1);
    let explain = r#"EXPLAIN SELECT count(*) FROM attendance_logs
        WHERE search_text LIKE (lower('%EMP-12345%'::text COLLATE "und-x-icu") COLLATE "default")"#;
    let plan = db.query_all_raw(Statement::from_string(DbBackend::Postgres, explain)).await.unwrap();
    let lines: Vec<String> = plan.iter().map(|row| row.try_get("", "QUERY PLAN").unwrap()).collect();
    assert!(lines.join("\n").contains("attendance_logs_search_idx"), "{lines:#?}");
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

//! Lists of attendance logs: their filters, their counts by day, what is told of changes, and the indexes they are read by.

use chrono::{NaiveDate, TimeDelta};
use entity::Page;
use entity::attendance_log::{self as log, Days, Filter, OdooStatus, Status};
use entity::attendance_log_change::{self as change, Seen};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, FromQueryResult, Statement,
    TransactionTrait,
};

const FIRST: Page = Page { number: 1, size: 20 };

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, number).unwrap()
}

/// Makes a log per number, from the first of the month on.
async fn logs(db: &impl ConnectionTrait, people: u32, days: u32) {
    let insert = format!(
        "INSERT INTO attendance_logs (id, employee_id, name, date, status, source)
         SELECT 'ATT-' || n || '-' || d, 'EMP-' || n, 'Person ' || n, date '2026-10-31' + d, 'present', 'camera'
         FROM generate_series(1, {people}) AS n, generate_series(1, {days}) AS d"
    );
    db.execute_unprepared(&insert).await.unwrap();
}

async fn employees(db: &DatabaseConnection, filter: &Filter, page: Page) -> (Vec<String>, u64) {
    let days = Days::count(db, filter).await.unwrap();
    let rows = log::page(db, filter, &days, page).await.unwrap();
    (rows.into_iter().map(|log| log.employee_id).collect(), days.total())
}

#[tokio::test]
async fn each_filter_of_the_logs_narrows_the_list_and_its_total() {
    let database = testkit::database().await;
    let db = &database.connection;
    for number in 1..=4 {
        let insert = format!(
            "INSERT INTO attendance_logs (id, employee_id, name, date, status, source)
             VALUES ('ATT-{number}', 'EMP-{number}', 'Ada', '2026-11-0{number}', 'present', 'camera')"
        );
        db.execute_unprepared(&insert).await.unwrap();
    }
    db.execute_unprepared(
        "UPDATE attendance_logs SET camera_id = 'CAM-01', department = 'Research', status = 'late', odoo_status = 'failed',
             name = 'Zoë 50%' WHERE employee_id = 'EMP-2'",
    )
    .await
    .unwrap();
    let all = ["EMP-4", "EMP-3", "EMP-2", "EMP-1"].map(str::to_owned).to_vec();
    assert_eq!(employees(db, &Filter::default(), FIRST).await, (all, 4));
    let only_two = [
        Filter { search: Some("ZOË 50%".into()), ..Filter::default() },
        Filter { search: Some("p-2".into()), ..Filter::default() },
        Filter { camera_id: Some("CAM-01".into()), ..Filter::default() },
        Filter { department: Some("Research".into()), ..Filter::default() },
        Filter { status: Some(Status::Late), ..Filter::default() },
        Filter { odoo_status: Some(OdooStatus::Failed), ..Filter::default() },
        Filter { date_from: Some(day(2)), date_to: Some(day(2)), ..Filter::default() },
    ];
    for filter in only_two {
        assert_eq!(employees(db, &filter, FIRST).await, (vec!["EMP-2".to_owned()], 1), "{filter:?}");
    }
    for nowhere in ["5_%", "50% EMP"] {
        let filter = Filter { search: Some(nowhere.into()), ..Filter::default() };
        assert_eq!(employees(db, &filter, FIRST).await, (vec![], 0), "{nowhere}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_double() {
    let database = testkit::database().await;
    let db = &database.connection;
    logs(db, 7, 5).await;
    for size in [1, 3, 7, 8, 35, 200] {
        let mut ids = Vec::new();
        for number in 1..=36 {
            let days = Days::count(db, &Filter::default()).await.unwrap();
            let rows = log::page(db, &Filter::default(), &days, Page { number, size }).await.unwrap();
            assert!(rows.len() as u64 == size || number * size > 35, "page {number} of {size}");
            ids.extend(rows.into_iter().map(|row| (row.date, row.id)));
        }
        assert_eq!(ids.len(), 35, "pages of {size}");
        assert!(ids.is_sorted_by(|a, b| a > b), "pages of {size}");
    }
}

async fn changed(db: &DatabaseConnection, seen: &Seen) -> Vec<NaiveDate> {
    let mut days = change::since(db, seen).await.unwrap().days;
    days.sort();
    days
}

#[tokio::test]
async fn whatever_changes_a_list_is_told_with_its_days_and_nothing_else_is() {
    let database = testkit::database().await;
    let db = &database.connection;
    logs(db, 2, 4).await;
    for (statement, expected) in [
        ("INSERT INTO attendance_logs (id, employee_id, name, date, status, source)
          SELECT 'N' || d, 'EMP-9', 'New', date '2026-10-31' + d, 'missed', 'camera' FROM generate_series(1, 2) AS d", vec![day(1), day(2)]),
        ("UPDATE attendance_logs SET status = 'late' WHERE id = 'ATT-1-3'", vec![day(3)]),
        ("UPDATE attendance_logs SET odoo_status = 'synced' WHERE date = '2026-11-02'", vec![day(2)]),
        ("UPDATE attendance_logs SET department = 'R', camera_id = 'C' WHERE id = 'ATT-1-4'", vec![day(4)]),
        ("UPDATE attendance_logs SET name = 'Other' WHERE id = 'ATT-2-1'", vec![day(1)]),
        ("UPDATE attendance_logs SET date = '2026-11-09' WHERE id = 'ATT-2-4'", vec![day(4), day(9)]),
        ("UPDATE attendance_logs SET check_out_at = now(), time_out = '17:00', note = 'n'", vec![]),
        ("UPDATE attendance_logs SET status = status", vec![]),
        ("DELETE FROM attendance_logs WHERE id = 'ATT-1-3'", vec![day(3)]),
        ("DELETE FROM attendance_logs WHERE id = 'nobody'", vec![]),
        ("TRUNCATE attendance_logs", vec![day(1), day(2), day(3), day(4), day(9)]),
    ] {
        let seen = change::now(db).await.unwrap();
        db.execute_unprepared(statement).await.unwrap();
        assert_eq!(changed(db, &seen).await, expected, "{statement}");
        let seen = change::since(db, &seen).await.unwrap().seen;
        assert_eq!(changed(db, &seen).await, vec![], "{statement}: told again");
    }
}

#[tokio::test]
async fn a_change_is_told_at_its_commit_however_long_before_it_was_written() {
    let database = testkit::database().await;
    let db = &database.connection;
    let seen = change::now(db).await.unwrap();
    let slow = db.begin().await.unwrap();
    logs(&slow, 1, 1).await;
    // Another transaction changes the same day meanwhile; neither waits for the other.
    let quick = db.begin().await.unwrap();
    quick.execute_unprepared("SET LOCAL statement_timeout = '5s'").await.unwrap();
    quick
        .execute_unprepared(
            "INSERT INTO attendance_logs (id, employee_id, name, date, status, source)
             VALUES ('Q', 'EMP-Q', 'Q', '2026-11-01', 'present', 'camera')",
        )
        .await
        .unwrap();
    assert_eq!(changed(db, &seen).await, vec![]);
    quick.commit().await.unwrap();
    let changes = change::since(db, &seen).await.unwrap();
    assert_eq!(changes.days, [day(1)]);
    assert_eq!(changed(db, &changes.seen).await, vec![]);
    slow.commit().await.unwrap();
    assert_eq!(changed(db, &changes.seen).await, [day(1)]);
}

#[tokio::test]
async fn a_change_that_is_rolled_back_is_not_told() {
    let database = testkit::database().await;
    let db = &database.connection;
    let seen = change::now(db).await.unwrap();
    let transaction = db.begin().await.unwrap();
    logs(&transaction, 1, 1).await;
    transaction.rollback().await.unwrap();
    assert_eq!(changed(db, &seen).await, vec![]);
}

#[tokio::test]
async fn a_thousand_changes_of_a_day_leave_one_row_behind() {
    let database = testkit::database().await;
    let db = &database.connection;
    logs(db, 10, 1).await;
    for round in 0..100 {
        let update = format!("UPDATE attendance_logs SET department = '{round}'");
        db.execute_unprepared(&update).await.unwrap();
    }
    let rows =
        db.query_all_raw(Statement::from_string(DbBackend::Postgres, "TABLE attendance_log_changes")).await;
    assert_eq!(rows.unwrap().len(), 1);
}

#[tokio::test]
async fn counting_the_changed_days_again_gives_what_counting_all_gives() {
    let database = testkit::database().await;
    let db = &database.connection;
    logs(db, 5, 6).await;
    let filter = Filter { search: Some("person".into()), ..Filter::default() };
    let (mut seen, mut days) = (change::now(db).await.unwrap(), Days::count(db, &filter).await.unwrap());
    for statement in [
        "DELETE FROM attendance_logs WHERE date = '2026-11-02'",
        "UPDATE attendance_logs SET date = date + 20 WHERE employee_id = 'EMP-3'",
        "UPDATE attendance_logs SET name = 'Nobody' WHERE employee_id = 'EMP-4'",
    ] {
        db.execute_unprepared(statement).await.unwrap();
        let changes = change::since(db, &seen).await.unwrap();
        days.recount(db, &filter, changes.days).await.unwrap();
        seen = changes.seen;
        assert_eq!(days, Days::count(db, &filter).await.unwrap(), "{statement}");
    }
    assert_eq!(days.total(), 20);
}

#[derive(FromQueryResult)]
struct Scans {
    seq_scan: i64,
}

/// How often this connection has read the whole table, as far as it has not reported it yet.
async fn scans(transaction: &DatabaseTransaction) -> i64 {
    let query = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'attendance_logs'";
    let statement = Statement::from_string(DbBackend::Postgres, query);
    Scans::find_by_statement(statement).one(transaction).await.unwrap().unwrap().seq_scan
}

#[tokio::test]
async fn no_filter_of_a_list_scans_the_table_for_a_page_or_for_a_changed_day() {
    let database = testkit::database().await;
    let db = &database.connection;
    db.execute_unprepared(
        "INSERT INTO attendance_logs (id, employee_id, name, department, camera_id, date, status, source, odoo_status)
         SELECT 'ATT-' || n, 'EMP-' || n % 500, md5((n % 500)::text), 'Department ' || n % 20, 'CAM-' || n % 50,
                date '2026-01-01' + n / 500, CASE WHEN n % 10 = 0 THEN 'late' ELSE 'present' END, 'camera',
                CASE WHEN n % 7 = 0 THEN 'pending' ELSE 'synced' END
         FROM generate_series(0, 39999) AS n",
    )
    .await
    .unwrap();
    db.execute_unprepared("VACUUM ANALYZE attendance_logs").await.unwrap();
    let (from, to) = (Some(day(1) - TimeDelta::days(280)), Some(day(1) - TimeDelta::days(260)));
    for filter in [
        Filter::default(),
        Filter { search: Some("EMP-123".into()), ..Filter::default() },
        Filter { camera_id: Some("CAM-7".into()), ..Filter::default() },
        Filter { department: Some("Department 7".into()), ..Filter::default() },
        Filter { status: Some(Status::Late), ..Filter::default() },
        Filter { odoo_status: Some(OdooStatus::Pending), ..Filter::default() },
        Filter { date_from: from, date_to: to, ..Filter::default() },
        Filter {
            status: Some(Status::Late),
            department: Some("Department 0".into()),
            date_from: from,
            ..Filter::default()
        },
    ] {
        let mut days = Days::count(db, &filter).await.unwrap();
        let transaction = db.begin().await.unwrap();
        // Workers would count their scans elsewhere.
        transaction.execute_unprepared("SET LOCAL max_parallel_workers_per_gather = 0").await.unwrap();
        let before = scans(&transaction).await;
        log::page(&transaction, &filter, &days, FIRST).await.unwrap();
        days.recount(&transaction, &filter, vec![day(1) - TimeDelta::days(270)]).await.unwrap();
        assert_eq!(scans(&transaction).await, before, "{filter:?}");
        let scan = "SELECT count(note) FROM attendance_logs";
        transaction.query_one_raw(Statement::from_string(DbBackend::Postgres, scan)).await.unwrap();
        assert_eq!(scans(&transaction).await, before + 1, "a scan is seen");
        transaction.rollback().await.unwrap();
    }
}

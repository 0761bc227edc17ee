//! The views that reports read.

use chrono::{NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult, raw_sql};

#[derive(Debug, PartialEq, FromQueryResult)]
struct Month {
    month: NaiveDate,
    present: i64,
    late: i64,
    missed: i64,
    total: i64,
    attendance_rate: f64,
}

#[derive(Debug, PartialEq, FromQueryResult)]
struct Department {
    name: String,
    head_count: i64,
    enrolled: i64,
    present: i64,
    attendance_rate: Option<f64>,
}

async fn log(db: &DatabaseConnection, id: &str, date: NaiveDate, status: &str) {
    let statement = raw_sql!(
        Postgres,
        r#"INSERT INTO attendance_logs (id, employee_id, name, department, date, status, source)
           VALUES ({id}, {id}, 'Ada', 'Research', {date}, {status}, 'camera')"#
    );
    db.execute_raw(statement).await.unwrap();
}

#[tokio::test]
async fn the_monthly_rate_is_the_share_of_days_that_were_not_missed() {
    let database = testkit::database().await;
    let db = &database.connection;
    for (day, status) in [(1, "present"), (2, "late"), (3, "missed"), (4, "present")] {
        log(db, &format!("ATT-{day}"), NaiveDate::from_ymd_opt(2026, 3, day).unwrap(), status).await;
    }
    let query =
        raw_sql!(Postgres, r#"SELECT * FROM v_monthly_attendance_rate WHERE department = 'Research'"#);
    let months = Month::find_by_statement(query).all(db).await.unwrap();
    let march = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
    let expected = Month { month: march, present: 2, late: 1, missed: 1, total: 4, attendance_rate: 75.0 };
    assert_eq!(months, [expected]);
}

#[tokio::test]
async fn departments_count_living_users_active_profiles_and_recent_days() {
    let database = testkit::seeded_database().await;
    let db = &database.connection;
    db.execute_unprepared(
        "INSERT INTO departments (id, name) VALUES (gen_random_uuid(), 'Research'), (gen_random_uuid(), 'Empty');
         UPDATE users SET department_id = (SELECT id FROM departments WHERE name = 'Research');
         INSERT INTO face_profiles (id, employee_id, name, department, status) VALUES
             (gen_random_uuid(), 'EMP-1', 'Ada', 'Research', 'active'),
             (gen_random_uuid(), 'EMP-2', 'Bob', 'Research', 'archived')",
    )
    .await
    .unwrap();
    log(db, "ATT-1", Utc::now().date_naive(), "present").await;
    let query = raw_sql!(Postgres, r#"SELECT * FROM v_department_stats ORDER BY name DESC"#);
    let departments = Department::find_by_statement(query).all(db).await.unwrap();
    let department = |name: &str, count, attendance_rate| Department {
        name: name.to_owned(),
        head_count: count,
        enrolled: count,
        present: count,
        attendance_rate,
    };
    assert_eq!(departments, [department("Research", 1, Some(100.0)), department("Empty", 0, None)]);
}

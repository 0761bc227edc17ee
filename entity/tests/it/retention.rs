//! Rows that are too old go, oldest first and in batches.

use chrono::{DateTime, TimeDelta, Utc};
use entity::export_job::{self, ExportFormat, ExportKind, Status};
use entity::system_metric::{self, Category};
use entity::{
    Batch, audit_log, detection, detection_event_log, idempotency_key, job_effect, job_outbox, login_attempt,
    user_session,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend,
    EntityTrait, FromQueryResult, Statement, TransactionTrait,
};
use uuid::Uuid;

use crate::sessions::user;

async fn reading(db: &DatabaseConnection, at: DateTime<Utc>) {
    let row = system_metric::ActiveModel {
        host: Set("worker-1".into()),
        category: Set(Category::Cpu),
        label: Set("cpu0".into()),
        value: Set(12.5),
        timestamp: Set(at),
        ..Default::default()
    };
    row.insert(db).await.unwrap();
}

#[tokio::test]
async fn old_readings_go_and_young_ones_stay() {
    let database = testkit::database().await;
    let (db, now) = (&database.connection, Utc::now());
    for days_ago in [29, 31, 33, 32] {
        reading(db, now - TimeDelta::days(days_ago)).await;
    }
    let before = now - TimeDelta::days(30);
    assert_eq!(system_metric::delete_before(db, Batch::first(before, 2)).await.unwrap().rows, 2);
    assert_eq!(system_metric::delete_before(db, Batch::first(before, 2)).await.unwrap().rows, 1);
    let left = system_metric::Entity::find().one(db).await.unwrap().unwrap();
    assert_eq!((now - left.timestamp).num_days(), 29);
}

#[tokio::test]
async fn a_batch_begins_where_the_one_before_ended_and_leaves_nothing_of_one_instant() {
    let database = testkit::database().await;
    let (db, now) = (&database.connection, Utc::now());
    for days_ago in [33, 32, 32, 32, 31, 29] {
        reading(db, now - TimeDelta::days(days_ago)).await;
    }
    let (mut batch, mut rows) = (Some(Batch::first(now - TimeDelta::days(30), 2)), Vec::new());
    while let Some(some) = batch {
        let removed = system_metric::delete_before(db, some).await.unwrap();
        rows.push(removed.rows);
        batch = some.next(removed);
        assert!(batch.is_none_or(|next| Some(next.from) == removed.newest));
    }
    assert_eq!(rows, [2, 2, 1]);
    assert_eq!(system_metric::Entity::find().all(db).await.unwrap().len(), 1);
}

async fn export(db: &DatabaseConnection, user_id: Uuid, status: Status) {
    let row = export_job::ActiveModel {
        user_id: Set(user_id),
        kind: Set(ExportKind::Attendance),
        format: Set(ExportFormat::Csv),
        filters: Set(serde_json::json!({})),
        status: Set(status),
        ..Default::default()
    };
    row.insert(db).await.unwrap();
}

#[tokio::test]
async fn exports_without_a_file_go_long_after_they_ended_and_all_others_stay() {
    let database = testkit::database().await;
    let (db, now) = (&database.connection, Utc::now());
    let user = user(db, "ada@example.org").await.id;
    for status in [Status::Queued, Status::Processing, Status::Completed, Status::Failed, Status::Expired] {
        export(db, user, status).await;
    }
    assert_eq!(
        export_job::delete_before(db, Batch::first(now - TimeDelta::days(1), 10)).await.unwrap().rows,
        0
    );
    let later = now + TimeDelta::days(1);
    assert_eq!(export_job::delete_before(db, Batch::first(later, 1)).await.unwrap().rows, 1);
    assert_eq!(export_job::delete_before(db, Batch::first(later, 1)).await.unwrap().rows, 1);
    assert_eq!(export_job::delete_before(db, Batch::first(later, 1)).await.unwrap().rows, 0);
    let mut left: Vec<_> =
        export_job::Entity::find().all(db).await.unwrap().iter().map(|row| row.status).collect();
    left.sort_by_key(|status| format!("{status:?}"));
    assert_eq!(left, [Status::Completed, Status::Processing, Status::Queued]);
}

/// 10,000 old rows in each table that the clean-up goes through.
const OLD: [&str; 10] = [
    "INSERT INTO detections (id, timestamp, camera_id, confidence, status, provider_kind)
     SELECT gen_random_uuid(), age, 'CAM-01', 50, 'unknown', 'rollcall' FROM old",
    "INSERT INTO detection_event_logs (id, job_id, camera_id, camera_name, timestamp, status)
     SELECT gen_random_uuid(), gen_random_uuid(), 'CAM-01', '', age, 'received' FROM old",
    "INSERT INTO audit_logs (id, actor, action, message, status, request_id, timestamp)
     SELECT gen_random_uuid(), 'a', 'b', 'c', 'success', gen_random_uuid(), age FROM old",
    "INSERT INTO job_outbox (id, queue, kind, payload, request_id, finished_at, outcome)
     SELECT gen_random_uuid(), 'default', 'k', '{}', gen_random_uuid(), age, 'done' FROM old",
    "INSERT INTO job_effects (job_id, kind, run_id, applied_at) SELECT gen_random_uuid(), 'k', 'r', age FROM old",
    "INSERT INTO idempotency_keys (id, kind, payload, job_id, answered_at)
     SELECT gen_random_uuid(), 'k', '{}', gen_random_uuid(), age FROM old",
    "INSERT INTO user_sessions (id, user_id, family_id, refresh_token_hash, issued_at, expires_at)
     SELECT gen_random_uuid(), (SELECT id FROM users), gen_random_uuid(), age::text, age - interval '14 days', age FROM old",
    "INSERT INTO login_attempts (email_lower, ip_address, failures, window_started_at)
     SELECT age::text, '192.0.2.1', 1, age FROM old",
    "INSERT INTO system_metrics (id, host, category, label, value, timestamp)
     SELECT gen_random_uuid(), 'h', 'cpu', 'cpu0', 1, age FROM old",
    "INSERT INTO export_jobs (id, user_id, type, format, status, updated_at)
     SELECT gen_random_uuid(), (SELECT id FROM users), 'daily', 'csv', 'expired', age FROM old",
];

#[derive(FromQueryResult)]
struct Scanned {
    name: String,
}

/// Tables that this transaction has read from end to end.
async fn scanned(transaction: &DatabaseTransaction) -> Vec<String> {
    let query = "SELECT relname::text AS name FROM pg_stat_xact_user_tables WHERE seq_scan > 0";
    let statement = Statement::from_string(DbBackend::Postgres, query);
    let tables = Scanned::find_by_statement(statement).all(transaction).await.unwrap();
    tables.into_iter().map(|table| table.name).collect()
}

#[tokio::test]
async fn no_batch_reads_its_table_from_end_to_end() {
    let database = testkit::database().await;
    let db = &database.connection;
    user(db, "ada@example.org").await;
    for rows in OLD {
        let old = "WITH old AS (SELECT now() - interval '2 years' + n * interval '1 second' AS age FROM generate_series(1, 10000) AS n)";
        db.execute_unprepared(&format!("{old} {rows}")).await.unwrap();
    }
    db.execute_unprepared("VACUUM ANALYZE").await.unwrap();
    let (transaction, batch) = (db.begin().await.unwrap(), Batch::first(Utc::now(), 1_000));
    let removed = [
        detection::delete_strays_before(&transaction, batch).await,
        detection_event_log::delete_before(&transaction, batch).await,
        audit_log::delete_before(&transaction, batch).await,
        job_outbox::delete_finished(&transaction, batch).await,
        job_effect::delete_before(&transaction, "k", batch).await,
        idempotency_key::delete_before(&transaction, batch).await,
        user_session::delete_before(&transaction, batch).await,
        login_attempt::delete_before(&transaction, batch).await,
        system_metric::delete_before(&transaction, batch).await,
        export_job::delete_before(&transaction, batch).await,
    ];
    assert!(removed.iter().all(|removed| removed.as_ref().unwrap().rows == 1_000), "{removed:?}");
    transaction.execute_unprepared("SELECT count(*) FROM users").await.unwrap();
    let scanned = scanned(&transaction).await;
    // Neither is one of them: the one was read just now, to see that a scan is seen, and the counts of events are few.
    assert!(
        scanned.iter().all(|table| ["users", "detection_event_counts"].contains(&table.as_str())),
        "{scanned:?}"
    );
    assert!(scanned.contains(&"users".to_owned()), "a scan is seen");
}

//! The audit trail cannot be rewritten.

use chrono::{TimeDelta, Utc};
use entity::Batch;
use entity::audit_log::{self as audit, Status};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseConnection, EntityTrait, PaginatorTrait, TransactionTrait,
};
use uuid::Uuid;

async fn append(db: &DatabaseConnection, days_ago: i64) {
    let row = audit::ActiveModel {
        actor: Set("ada@example.org".into()),
        action: Set("camera.update".into()),
        message: Set("Renamed CAM-01".into()),
        status: Set(Status::Success),
        request_id: Set(Uuid::now_v7()),
        timestamp: Set(Utc::now() - TimeDelta::days(days_ago)),
        ..Default::default()
    };
    audit::append(db, row).await.unwrap();
}

#[tokio::test]
async fn rows_cannot_be_changed_removed_or_truncated_even_by_a_superuser() {
    let database = testkit::database().await;
    let db = &database.connection;
    append(db, 0).await;
    for statement in
        ["UPDATE audit_logs SET actor = 'somebody else'", "DELETE FROM audit_logs", "TRUNCATE audit_logs"]
    {
        let error = db.execute_unprepared(statement).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{statement}: {error}");
    }
    assert_eq!(audit::Entity::find().one(db).await.unwrap().unwrap().actor, "ada@example.org");
}

#[tokio::test]
async fn retention_removes_old_rows_in_batches_and_leaves_the_door_closed() {
    let database = testkit::database().await;
    let db = &database.connection;
    for days_ago in [400, 390, 380, 1] {
        append(db, days_ago).await;
    }
    let year = Utc::now() - TimeDelta::days(365);
    let transaction = db.begin().await.unwrap();
    assert_eq!(audit::delete_before(&transaction, Batch::first(year, 2)).await.unwrap().rows, 2);
    assert_eq!(audit::delete_before(&transaction, Batch::first(year, 2)).await.unwrap().rows, 1);
    assert!(transaction.execute_unprepared("DELETE FROM audit_logs").await.is_err());
    transaction.rollback().await.unwrap();
    let transaction = db.begin().await.unwrap();
    audit::delete_before(&transaction, Batch::first(year, 10)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(audit::Entity::find().count(db).await.unwrap(), 1);
    assert!(db.execute_unprepared("DELETE FROM audit_logs").await.is_err());
}

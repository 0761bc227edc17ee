//! The connection pool when processes stand still and the database is restarted.

use std::time::{Duration, Instant};

use platform::Settings;
use platform::db::{connect, is_outage};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, TransactionTrait as _};
use testkit::Database;

async fn pool(database: &Database) -> DatabaseConnection {
    let url = database.url.clone();
    let settings = Settings::read(|name| (name == "DATABASE_URL").then(|| url.clone())).unwrap();
    connect(&settings).await.unwrap()
}

#[tokio::test]
async fn a_transaction_that_its_process_left_standing_is_ended_so_that_others_get_its_rows() {
    let database = testkit::empty_database().await;
    let (frozen, other) = (pool(&database).await, pool(&database).await);
    let lock = "SELECT pg_advisory_xact_lock(1)";
    let standing = frozen.begin().await.unwrap();
    standing.execute_unprepared(lock).await.unwrap();

    let began = Instant::now();
    other.execute_unprepared(lock).await.unwrap();

    let waited = began.elapsed();
    assert!((Duration::from_secs(9)..Duration::from_secs(15)).contains(&waited), "{waited:?}");
    let error = standing.execute_unprepared("SELECT 1").await.unwrap_err();
    assert!(is_outage(&error), "{error:?}");
}

#[tokio::test]
async fn connections_that_the_server_has_ended_while_nobody_used_them_fail_nobody() {
    let database = testkit::empty_database().await;
    let pool = pool(&database).await;
    let three = [pool.begin().await.unwrap(), pool.begin().await.unwrap(), pool.begin().await.unwrap()];
    for transaction in three {
        transaction.rollback().await.unwrap();
    }
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    database.connection.execute_unprepared(others).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    for _ in 0..5 {
        pool.execute_unprepared("SELECT 1").await.unwrap();
    }
}

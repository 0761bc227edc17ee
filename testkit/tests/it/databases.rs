//! Databases of one test's own.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr};

async fn count(db: &DatabaseConnection, query: &str) -> Result<i64, DbErr> {
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), query);
    db.query_one_raw(statement).await?.unwrap().try_get_by_index(0)
}

#[tokio::test]
async fn tests_that_start_together_each_get_a_migrated_database() {
    let (first, second) = tokio::join!(testkit::database(), testkit::database());
    assert_ne!(first.url, second.url);
    for database in [&first, &second] {
        assert_eq!(count(&database.connection, "SELECT count(*) FROM cameras").await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_seeded_database_has_its_administrator() {
    let database = testkit::seeded_database().await;
    assert_eq!(count(&database.connection, "SELECT count(*) FROM users").await.unwrap(), 1);
}

#[tokio::test]
async fn an_empty_database_has_no_table() {
    let database = testkit::empty_database().await;
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(count(&database.connection, tables).await.unwrap(), 0);
}

#[tokio::test]
async fn a_database_is_gone_when_its_test_ends() {
    let observer = testkit::empty_database().await;
    let database = testkit::database().await;
    let (_, name) = database.url.rsplit_once('/').unwrap();
    let there = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    assert_eq!(count(&observer.connection, &there).await.unwrap(), 1);
    drop(database);
    assert_eq!(count(&observer.connection, &there).await.unwrap(), 0);
}

//! What stays of a transaction whose beginning nobody waits for any more.

use std::{pin::pin, time::Duration};

use futures_util::poll;
use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement};
use testkit::Database;

/// More than a beginning needs: whatever it is doing when it is dropped, one of the tests' rounds meets it there.
const STEPS: usize = 12;

/// A pool of one connection: whoever comes next gets the same.
async fn one_connection(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await.unwrap()
}

/// Begins, looks so many times whether it is done, and goes away.
async fn begin_and_leave<T>(beginning: impl Future<Output = Result<T, DbErr>>, looks: usize) {
    let mut beginning = pin!(beginning);
    for _ in 0..looks {
        if poll!(beginning.as_mut()).is_ready() {
            return;
        }
        tokio::time::sleep(Duration::from_micros(50)).await;
    }
}

async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// Writes through `pool` after each of the beginnings that `begin` makes was left at another point.
async fn writes_stand<T, F>(database: &Database, begin: impl Fn(DatabaseConnection) -> F)
where
    F: Future<Output = Result<T, DbErr>>,
{
    let pool = one_connection(&database.url).await;
    pool.execute_unprepared("CREATE TABLE IF NOT EXISTS written ()").await.unwrap();
    for looks in 0..STEPS {
        let before = number(&database.connection, "SELECT count(*) FROM written").await;
        begin_and_leave(begin(pool.clone()), looks).await;
        pool.execute_unprepared("INSERT INTO written DEFAULT VALUES").await.unwrap();
        let after = number(&database.connection, "SELECT count(*) FROM written").await;
        assert_eq!(after, before + 1, "others see it, after {looks} looks");
    }
}

#[tokio::test]
async fn what_is_written_after_a_beginning_that_was_dropped_stands() {
    let database = testkit::database().await;
    writes_stand(&database, async |pool| entity::begin(&pool).await).await;
    writes_stand(&database, async |pool| entity::begin_snapshot(&pool).await).await;
}

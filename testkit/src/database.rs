//! A migrated PostgreSQL database of one test's own, copied from a template that is migrated once for each
//! state of the migrations.

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbErr};

use crate::servers::SHARED;
use crate::template;

/// Password of the administrator in a seeded database.
pub const ADMIN_PASSWORD: &str = "correct horse battery";

/// The test's database; it is dropped when this is.
#[derive(Debug)]
pub struct Database {
    /// A superuser's URL of the database.
    pub url: String,
    /// A pool of at most five connections to it.
    pub connection: DatabaseConnection,
    name: String,
}

/// A fresh database with every migration applied and no rows but those that migrations insert.
pub async fn database() -> Database {
    copy_of(template::migrated().await).await
}

/// A fresh database with the seeds in it: roles, shifts, settings, and the administrator with
/// [`ADMIN_PASSWORD`].
pub async fn seeded_database() -> Database {
    copy_of(template::seeded().await).await
}

async fn copy_of(template: &str) -> Database {
    create(&format!("TEMPLATE {template} STRATEGY wal_log")).await
}

/// A fresh database without a table, for tests of the migrations themselves.
pub async fn empty_database() -> Database {
    create("").await
}

async fn create(options: &str) -> Database {
    let name = format!("test_{}", uuid::Uuid::new_v4().simple());
    administer(&format!("CREATE DATABASE {name} {options}"))
        .await
        .expect("the shared PostgreSQL makes a database");
    let url = url_of(&name);
    let connection = connect(&url, 5).await.expect("the new database answers");
    Database { url, connection, name }
}

/// The shared server's URL with another database in it.
pub(crate) fn url_of(database: &str) -> String {
    let (server, _) = SHARED.database_url.rsplit_once('/').expect("TEST_DATABASE_URL names a database");
    format!("{server}/{database}")
}

pub(crate) async fn connect(url: &str, connections: u32) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(connections).sqlx_logging(false).acquire_timeout(Duration::from_secs(30));
    sea_orm::Database::connect(options).await
}

async fn administer(statement: &str) -> Result<(), DbErr> {
    let server = connect(&SHARED.database_url, 1).await?;
    server.execute_unprepared(statement).await?;
    server.close().await
}

impl Drop for Database {
    /// Best effort, on a thread of its own, since the test's runtime may be about to end.
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(administer(&statement)).map_err(std::io::Error::other)
        });
        let _ = dropping.join();
    }
}

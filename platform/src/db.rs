//! The connection pool to PostgreSQL.

use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

use crate::Settings;

/// Longest wait for a free connection before a caller is told that the database is not available.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens a pool; connections are made on demand, so a database that is away at start does not stop the process.
///
/// # Errors
/// A URL that PostgreSQL's driver does not understand.
pub async fn connect(settings: &Settings) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(settings.database_url.expose());
    options
        .max_connections(settings.database_pool_size)
        .min_connections(0)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_lazy(true)
        .test_before_acquire(false)
        .sqlx_logging(false);
    Database::connect(options).await
}

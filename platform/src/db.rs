//! The connection pool to PostgreSQL.

mod gauges;

use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

use crate::Settings;

/// How a process deals with the database.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Longest wait for a free connection before a caller is told that the database is not available.
    pub acquire_within: Duration,
    /// PostgreSQL ends a transaction that its process has left standing for this long, so that a frozen process holds no
    /// row. `None` for processes whose transactions may wait for something else.
    pub frozen_after: Option<Duration>,
}

impl Default for Manner {
    /// Nobody looks on: a job rather waits than fails.
    fn default() -> Self {
        Self { acquire_within: Duration::from_secs(5), frozen_after: None }
    }
}

/// Opens a pool; connections are made on demand, so a database that is away at start does not stop the process.
///
/// # Errors
/// A URL that PostgreSQL's driver does not understand.
pub async fn connect(settings: &Settings) -> Result<DatabaseConnection, DbErr> {
    connect_with(settings, Manner::default()).await
}

/// The same in another manner.
///
/// # Errors
/// As [`connect`].
pub async fn connect_with(settings: &Settings, manner: Manner) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(settings.database_url.expose());
    options
        .max_connections(settings.database_pool_size)
        .min_connections(0)
        .acquire_timeout(manner.acquire_within)
        .connect_lazy(true)
        .test_before_acquire(false)
        .sqlx_logging(false);
    if let Some(limit) = manner.frozen_after {
        let limit = limit.as_millis().to_string();
        options.map_sqlx_postgres_opts(move |session| {
            session.options([("idle_in_transaction_session_timeout", &limit)])
        });
    }
    let db = Database::connect(options).await?;
    tokio::spawn(gauges::keep(db.clone(), settings.database_pool_size));
    Ok(db)
}

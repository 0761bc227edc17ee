//! The connection pool to PostgreSQL.

mod gauges;
mod outage;

use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

pub use self::outage::is_outage;
use crate::Settings;

/// PostgreSQL ends a transaction that its process has left standing for so long: a frozen process holds no row that others wait
/// for longer than the lease of its job lasts. A transaction that must wait for something else says so itself.
const FROZEN_AFTER: Duration = Duration::from_secs(10);
/// A connection that was not used for so long is asked before it is used again, so that nobody's job finds out that the database
/// was restarted meanwhile.
const STALE_AFTER: Duration = Duration::from_secs(1);

/// How a process deals with the database.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Longest wait for a free connection before a caller is told that the database is not available.
    pub acquire_within: Duration,
}

impl Default for Manner {
    /// Nobody looks on: a job rather waits than fails.
    fn default() -> Self {
        Self { acquire_within: Duration::from_secs(5) }
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
        .test_before_acquire_if_idle_for(STALE_AFTER)
        .sqlx_logging(false);
    let limit = FROZEN_AFTER.as_millis().to_string();
    options.map_sqlx_postgres_opts(move |session| {
        session.options([("idle_in_transaction_session_timeout", &limit)])
    });
    let db = Database::connect(options).await?;
    tokio::spawn(gauges::keep(db.clone(), settings.database_pool_size));
    Ok(db)
}

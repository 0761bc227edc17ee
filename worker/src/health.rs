//! What a worker says about its readiness. Without Redis it can do nothing; without PostgreSQL its jobs wait and cost no attempt, and
//! taking it out of service would help nobody, so that is said in words.

use std::time::Duration;

use platform::{
    Shutdown,
    ops::{Pulse, Readiness},
};
use queue::{Phase, WorkerStatus};
use sea_orm::{DatabaseConnection, DbErr};
use tokio::time::{sleep, timeout};

/// Rest between two questions to the database.
const EVERY: Duration = Duration::from_secs(2);
/// Longest wait for one answer.
const ANSWER: Duration = Duration::from_secs(2);
/// Two questions without an answer are an outage.
const PATIENCE: Duration = Duration::from_secs(5);

/// The database, not asked yet.
pub(crate) fn database() -> Pulse {
    Pulse::new(PATIENCE, "the database does not answer", "the database answers again")
}

/// Asks the database every two seconds until `shutdown`.
pub(crate) async fn watch(db: DatabaseConnection, database: Pulse, shutdown: Shutdown) {
    while !shutdown.started() {
        let asked = timeout(ANSWER, db.ping()).await;
        match asked.unwrap_or_else(|_| Err(DbErr::Custom("no answer in time".to_owned()))) {
            Ok(()) => database.beat(),
            Err(error) => database.miss(&error),
        }
        tokio::select! {
            () = shutdown.wait() => {}
            () = sleep(EVERY) => {}
        }
    }
}

/// What the health port says.
#[must_use]
pub(crate) fn readiness(status: &WorkerStatus, database: &Pulse) -> Readiness {
    match status.phase {
        Phase::Serving if !database.is_alive() => {
            Readiness::degraded("no connection to the database; jobs that need it wait")
        }
        Phase::Serving => Readiness::ready(),
        Phase::Starting => Readiness::waiting("starting"),
        Phase::WaitingForRedis => Readiness::waiting("waiting for Redis"),
        Phase::Draining => Readiness::waiting("draining"),
        Phase::Stopped => Readiness::waiting("stopped"),
    }
}

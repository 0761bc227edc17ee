//! The scheduler makes the periodic jobs and keeps the outbox moving.
//!
//! Any number of schedulers run at once, all of them active. They do not know of each other: a tick belongs
//! to whoever claims its row in PostgreSQL, and is put into the outbox in the same transaction, so that no
//! tick is made twice and a crash loses none.

mod claim;
mod error;
mod gauges;
mod health;
pub mod reports;
pub mod sweep;
pub mod ticker;
mod timetables;

use entity::schedule;
use platform::db;
use platform::launch::Context;
use platform::{Settings, ops};
use queue::{QueueError, Queues, QueuesConfig};
use tokio::task::JoinHandle;

pub use error::{StartError, TickError};
pub use health::Health;
use jobs::catalogue::{CATALOGUE, Entry};
use reports::Reports;
use sweep::Sweeper;
use ticker::Ticker;

/// Runs until `context.shutdown`, then ends what it has begun.
///
/// PostgreSQL and Redis may be away, at start and later; the scheduler waits for them.
///
/// # Errors
/// Settings that cannot work, or a health port that is taken.
pub async fn run(settings: Settings, context: Context) -> Result<(), StartError> {
    let Context { shutdown, metrics } = context;
    let db = db::connect(&settings).await?;
    let config = QueuesConfig { prefix: settings.redis_prefix.clone(), ..QueuesConfig::default() };
    let queues = Queues::lazy(settings.redis_url.expose(), config)?;
    let health = Health::default();

    let reported = health.clone();
    let readiness = move || reported.readiness();
    let (_, port) = ops::serve(settings.ops_bind, metrics, readiness, shutdown.clone()).await?;
    refuse_unfit(&queues).await?;
    tokio::spawn(gauges::keep_queues(queues.clone(), health.clone(), shutdown.clone()));
    tokio::spawn(gauges::keep_outbox(db.clone(), shutdown.clone()));
    let ticker = Ticker::new(db.clone(), queues.clone(), CATALOGUE, health.clone());
    let reports = Reports::new(db.clone(), queues.clone());
    let sweeper = Sweeper::new(db, queues, health);
    let ticking = tokio::spawn(ticker.run(shutdown.clone()));
    let reporting = tokio::spawn(reports.run(shutdown.clone()));
    let sweeping = tokio::spawn(sweeper.run(shutdown));
    ended(ticking).await?;
    ended(reporting).await?;
    ended(sweeping).await?;
    ended(port).await??;
    Ok(())
}

/// A Redis that would lose jobs keeps the process from starting; one that is away is looked for again.
async fn refuse_unfit(queues: &Queues) -> Result<(), StartError> {
    match queues.check_server().await {
        Err(unfit @ QueueError::UnfitServer(_)) => Err(unfit.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// A task's answer; one that panicked ends the process, so that its supervisor starts a sound one.
async fn ended<T>(task: JoinHandle<T>) -> Result<T, StartError> {
    task.await.map_err(StartError::Panicked)
}

/// Adds the schedules of `catalogue` that the table lacks. Those that are there stay as people have set them.
async fn seed(db: &sea_orm::DatabaseConnection, catalogue: &[Entry]) -> Result<(), sea_orm::DbErr> {
    let new: Vec<_> = catalogue.iter().map(Entry::as_row).collect();
    schedule::add_missing(db, &new).await
}

//! Runs the jobs that the API and the scheduler ask for. [`run`] is the one entry for the binary and for tests; a kind of job is a
//! handler in `handlers/` and a line in `registry.rs`.

mod alerts;
mod cameras;
mod configuration;
mod context;
mod error;
mod events;
mod export;
mod frame;
mod handler;
mod handlers;
mod health;
mod mail;
pub mod notify;
mod odoo;
mod old_files;
mod options;
mod pace;
mod provider;
mod recompute;
mod registry;
mod run;
mod runtime;

use platform::{Settings, launch, ops};
use queue::{QueueError, Queues};

pub use context::Context;
pub use error::StartError;
pub use handler::{Failure, Handle, Run};
pub use recompute::{RecomputeFailure, recompute};
pub use registry::Registry;
pub use runtime::Worker;

/// Runs a worker until it is asked to stop.
///
/// # Errors
/// What keeps it from starting; a Redis or database that is away does not.
pub async fn run(settings: Settings, launched: launch::Context) -> Result<(), StartError> {
    let context = Context::new(&settings).await?;
    refuse_unfit(&context.queues).await?;
    let registry = Registry::complete();
    let options = options::worker(&settings, &registry)?;
    let (db, database) = (context.db.clone(), health::database());
    let worker = Worker::new(context, registry, options)?;
    let control = worker.control();
    tokio::spawn(health::watch(db, database.clone(), launched.shutdown.clone()));
    let readiness = move || health::readiness(&control.status(), &database);
    ops::serve(settings.ops_bind, launched.metrics, readiness, launched.shutdown.clone()).await?;
    worker.run(launched.shutdown).await
}

/// A Redis that would lose jobs keeps the process from starting; one that is away is looked for again.
async fn refuse_unfit(queues: &Queues) -> Result<(), StartError> {
    match queues.check_server().await {
        Err(unfit @ QueueError::UnfitServer(_)) => Err(unfit.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

//! A worker as `rollcall-worker` is one, with the same runtime around it, that only leaves marks: a thousand jobs of it are in
//! flight in no time. Its lease is the product's unless `FAULT_LEASE_MS` says otherwise.

use std::process::ExitCode;
use std::time::Duration;

use e2e::mark::LeaveMark;
use jobs::Job as _;
use platform::launch::{Context, Program, launch};
use platform::{Settings, ops};
use queue::{Phase, QueueShare, WorkerOptions};
use worker::{Registry, StartError, Worker};

fn main() -> ExitCode {
    let about = "leaves marks for the tests of faults";
    launch(Program { name: "fault-worker", version: env!("CARGO_PKG_VERSION"), about }, run)
}

async fn run(settings: Settings, launched: Context) -> Result<(), StartError> {
    let context = worker::Context::new(&settings).await?;
    let registry = Registry::of::<LeaveMark>();
    let worker = Worker::new(context, registry.clone(), options(&settings, &registry))?;
    let control = worker.control();
    let readiness = move || match control.status().phase {
        Phase::Serving => ops::Readiness::ready(),
        other => ops::Readiness::waiting(format!("{other:?}")),
    };
    ops::serve(settings.ops_bind, launched.metrics, readiness, launched.shutdown.clone()).await?;
    worker.run(launched.shutdown).await
}

fn options(settings: &Settings, registry: &Registry) -> WorkerOptions {
    let random = uuid::Uuid::new_v4().simple().to_string();
    let name = format!("fault-{}-{}", std::process::id(), &random[..8]);
    let mut options = WorkerOptions::new(name, vec![QueueShare::new(LeaveMark::QUEUE)], registry.kinds());
    options.concurrency = settings.worker.concurrency;
    let lease = std::env::var("FAULT_LEASE_MS").ok().and_then(|ms| ms.parse().ok());
    if let Some(lease) = lease.map(Duration::from_millis) {
        (options.lease, options.renew_every) = (lease, lease / 10);
    }
    options
}

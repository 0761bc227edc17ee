//! How a worker is set up from the settings.

use jobs::queues;
use platform::Settings;
use queue::{QueueShare, WorkerOptions};
use uuid::Uuid;

use crate::{error::StartError, registry::Registry};

/// Options of this process's worker.
///
/// # Errors
/// A queue that there is not.
pub fn worker(settings: &Settings, registry: &Registry) -> Result<WorkerOptions, StartError> {
    let host = host();
    // Never used twice, so that a job always names the very process that ran it.
    let name = format!("{host}-{}-{}", std::process::id(), &Uuid::new_v4().simple().to_string()[..8]);
    let mut options = WorkerOptions::new(name, shares(&settings.worker.queues, &host)?, registry.kinds());
    options.host = host;
    options.version = env!("CARGO_PKG_VERSION").to_owned();
    options.concurrency = settings.worker.concurrency;
    Ok(options)
}

fn shares(wanted: &[String], host: &str) -> Result<Vec<QueueShare>, StartError> {
    let known: Vec<_> = queues::ALL.into_iter().map(str::to_owned).collect();
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(name)) {
        return Err(StartError::UnknownQueue(unknown.clone(), known.join(", ")));
    }
    let mut names = if wanted.is_empty() { known } else { wanted.to_vec() };
    // Every worker answers for its own machine.
    names.push(format!("{}:{host}", queues::SYSTEM));
    Ok(names.into_iter().map(share).collect())
}

/// Frames get more turns than the rest: they are many, and somebody stands before the camera.
fn share(name: String) -> QueueShare {
    let weight = if name == queues::CAPTURE { 4 } else { 1 };
    QueueShare { weight, ..QueueShare::new(name) }
}

/// The machine's name, reduced to what a queue's name may hold.
fn host() -> String {
    let name = kernel_name().unwrap_or_else(|| "host".to_owned());
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '-' }).collect()
}

fn kernel_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

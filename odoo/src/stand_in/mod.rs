//! A server that answers as Odoo does, for tests and the demo: JSON-RPC for the versions 16 to 19 and JSON-2 for 19, over HTTP.
//! It keeps employees and attendances in memory, under the rules that real servers were seen to enforce: no overlaps, one open
//! attendance an employee, a creation of all or none, naive UTC, rights, keys that expire, and errors in each version's shape.
//! On demand it fails as networks and servers do ([`Fault`]).

mod domain;
mod exception;
mod fault;
mod front;
mod json2;
mod jsonrpc;
mod kept;
mod methods;
mod server;
mod validity;
mod world;

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub use exception::{Exception, Kind};
pub use fault::{Fault, Faults};
use tokio::{net::TcpListener, task::JoinHandle};
pub use world::{Attendance, Employee, Rights, World};

/// What a stand-in is at its start.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Its version, 16 to 19.
    pub version: u32,
    /// The one database.
    pub database: String,
    /// The one user.
    pub login: String,
    /// The user's key.
    pub api_key: String,
    /// How long making 100 attendances takes.
    pub create_hundred: Duration,
    /// File in which it keeps what is in it; without one it forgets everything at its end.
    pub file: Option<PathBuf>,
}

impl Setup {
    /// A server of `version` with a usual user, that takes no time.
    #[must_use]
    pub fn of(version: u32) -> Self {
        Self {
            version,
            database: "company".to_owned(),
            login: "rollcall@company.example".to_owned(),
            api_key: "9b0e1a52c7d84f3a86e6".to_owned(),
            create_hundred: Duration::ZERO,
            file: None,
        }
    }
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    setup: Setup,
    world: Mutex<World>,
    faults: Faults,
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running stand-in; its port closes when this is dropped.
#[derive(Debug)]
pub struct StandIn {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl StandIn {
    /// Starts one at `bind`; port 0 takes a free one.
    ///
    /// # Errors
    /// The port cannot be bound, or the file not be read.
    pub async fn start(bind: SocketAddr, setup: Setup) -> std::io::Result<Self> {
        let listener = TcpListener::bind(bind).await?;
        let address = listener.local_addr()?;
        let mut world = World::new(setup.version);
        if let Some(file) = &setup.file {
            world.read(file)?;
        }
        let world = Mutex::new(world);
        let shared = Arc::new(Shared { setup, world, faults: Faults::default() });
        let task = tokio::spawn(server::accept(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as an administrator enters it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What is in it; calls wait while this is held.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world()
    }

    /// How it is to fail.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

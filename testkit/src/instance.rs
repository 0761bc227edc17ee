//! A PostgreSQL and a Redis of one test's own, for tests that stop, kill or restart them.

use std::process::Command;

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

use crate::clock::Clock;
use crate::servers::{self, Servers};

/// Which of an instance's servers is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// The database.
    Postgres,
    /// The queue's store.
    Redis,
}

impl Server {
    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
        }
    }
}

/// Private servers; they stop, and their data goes, when this is dropped. Starting takes about a second.
#[derive(Debug)]
pub struct Instance {
    name: String,
    urls: Servers,
    clock: Clock,
}

impl Instance {
    /// Starts both servers and waits until they answer.
    #[must_use]
    pub fn start() -> Self {
        let name = format!("test-{}", uuid::Uuid::new_v4().simple());
        let clock = Clock::new();
        servers::services(&["start", &name, "postgres"]);
        servers::services_with(&clock.environment(), &["start", &name, "redis"]);
        let urls = servers::of_instance(&name);
        Self { name, urls, clock }
    }

    /// The wall clock of this Redis, until it is restarted.
    #[must_use]
    pub fn redis_clock(&self) -> &Clock {
        &self.clock
    }

    /// A superuser's URL of the PostgreSQL server, with an empty database named in it.
    #[must_use]
    pub fn database_url(&self) -> &str {
        &self.urls.database_url
    }

    /// URL of the Redis server.
    #[must_use]
    pub fn redis_url(&self) -> &str {
        &self.urls.redis_url
    }

    /// Stops one server in order; its data and its port stay, for [`Instance::resume`].
    pub fn stop(&self, server: Server) {
        servers::services(&["stop", &self.name, server.name()]);
    }

    /// Starts one stopped server again on its old port, with its old data.
    pub fn resume(&self, server: Server) {
        servers::services(&["start", &self.name, server.name()]);
    }

    /// Stops one server and starts it again.
    pub fn restart(&self, server: Server) {
        servers::services(&["restart", &self.name, server.name()]);
    }

    /// SIGKILL: Redis has no chance to write what it holds back.
    pub fn kill_redis(&self) {
        self.signal_redis(Signal::SIGKILL);
    }

    /// SIGSTOP: Redis stands still, its connections stay open.
    pub fn freeze_redis(&self) {
        self.signal_redis(Signal::SIGSTOP);
    }

    /// SIGCONT: it goes on as if no time had passed.
    pub fn thaw_redis(&self) {
        self.signal_redis(Signal::SIGCONT);
    }

    /// Makes Redis's disk full (its files may not grow any more), or gives it room again.
    pub fn fill_disk_of_redis(&self, full: bool) {
        let limit = if full { "--fsize=1:unlimited" } else { "--fsize=unlimited" };
        let done = Command::new("prlimit")
            .args(["--pid", &self.redis_pid().expect("Redis runs").to_string(), limit])
            .status()
            .unwrap();
        assert!(done.success(), "prlimit sets the limit of a process of ours");
    }

    fn signal_redis(&self, signal: Signal) {
        signal::kill(self.redis_pid().expect("Redis runs"), signal).unwrap();
    }

    /// As Redis itself has written it down when it started.
    fn redis_pid(&self) -> Option<Pid> {
        let file = servers::workspace().join(".dev").join(&self.name).join("redis/redis.pid");
        let pid = std::fs::read_to_string(file).ok()?;
        pid.trim().parse().ok().map(Pid::from_raw)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // A test that failed may have left Redis standing still, and then it would not hear that it is to stop.
        if let Some(pid) = self.redis_pid() {
            let _ = signal::kill(pid, Signal::SIGCONT);
        }
        servers::services(&["stop", &self.name]);
    }
}

//! A PostgreSQL and a Redis of one test's own, for tests that stop, kill or restart them.

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
}

impl Instance {
    /// Starts both servers and waits until they answer.
    #[must_use]
    pub fn start() -> Self {
        let name = format!("test-{}", uuid::Uuid::new_v4().simple());
        servers::services(&["start", &name]);
        let urls = servers::of_instance(&name);
        Self { name, urls }
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
}

impl Drop for Instance {
    fn drop(&mut self) {
        servers::services(&["stop", &self.name]);
    }
}

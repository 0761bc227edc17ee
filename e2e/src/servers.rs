//! The PostgreSQL and the Redis under a stage: a part of the shared ones, or ones of its own that a test may stop.

use std::process::Command;

use sea_orm::DatabaseConnection;
use testkit::{ADMIN_PASSWORD, Database, Instance, Keyspace, process};

/// Where a stage's data lies.
#[derive(Debug)]
pub enum Servers {
    /// A seeded database and a key space in the servers that all tests share.
    Shared(Box<Database>, Keyspace),
    /// Servers that nobody else uses.
    Own(Instance),
}

impl Servers {
    /// A part of the shared servers.
    pub async fn shared() -> Self {
        Self::Shared(Box::new(testkit::seeded_database().await), testkit::redis())
    }

    /// Servers of its own, set up as an operator does it: by `rollcall-migrate`.
    pub async fn own() -> Self {
        let instance = tokio::task::spawn_blocking(Instance::start).await.unwrap();
        for command in ["up", "seed"] {
            let mut migrate = Command::new(process::binary("rollcall-migrate"));
            migrate
                .arg(command)
                .env("DATABASE_URL", instance.database_url())
                .env("ADMIN_PASSWORD", ADMIN_PASSWORD);
            let output = migrate.output().unwrap();
            assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Self::Own(instance)
    }

    /// What the binaries are told.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let (database, redis, prefix) = match self {
            Self::Shared(database, redis) => {
                (database.url.as_str(), redis.url.as_str(), redis.prefix.as_str())
            }
            Self::Own(instance) => (instance.database_url(), instance.redis_url(), "rollcall"),
        };
        let all = [("DATABASE_URL", database), ("REDIS_URL", redis), ("REDIS_PREFIX", prefix)];
        all.map(|(name, value)| (name, value.to_owned())).to_vec()
    }

    /// A pool of connections for looking at what was stored.
    pub async fn connect(&self) -> DatabaseConnection {
        match self {
            Self::Shared(database, _) => database.connection.clone(),
            Self::Own(instance) => sea_orm::Database::connect(instance.database_url()).await.unwrap(),
        }
    }

    /// The key space in the shared Redis.
    ///
    /// # Panics
    /// The servers are the stage's own.
    #[must_use]
    pub fn keyspace(&self) -> &Keyspace {
        match self {
            Self::Shared(_, keyspace) => keyspace,
            Self::Own(_) => panic!("a Redis of its own has no key space"),
        }
    }

    /// The servers, for stopping them.
    ///
    /// # Panics
    /// They are shared.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        match self {
            Self::Shared(..) => panic!("other tests use these servers"),
            Self::Own(instance) => instance,
        }
    }
}

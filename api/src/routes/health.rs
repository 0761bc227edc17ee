//! `/health`: whether this process lives, and whether it can work. Only a missing database makes it not ready: without
//! Redis or storage most calls still work, so a load balancer must not take the replica out.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use poem_openapi::{Enum, Object, OpenApi};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use tokio::{sync::Mutex, time::timeout};

use super::Tag;
use crate::{auth::Public, envelope::Reply, error::ApiError, state::App};

/// Longest wait for one part.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long an answer counts: anybody may ask, and each question costs every part one.
const FRESH: Duration = Duration::from_secs(1);

/// The routes.
pub struct Api(pub Arc<App>);

/// Whether something works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Working {
    /// It does.
    Up,
    /// It does not.
    Down,
}

impl From<bool> for Working {
    fn from(up: bool) -> Self {
        if up { Self::Up } else { Self::Down }
    }
}

/// The state of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum Overall {
    /// The process runs.
    Alive,
    /// Everything works.
    Ready,
    /// Some part is away; see `parts`.
    Degraded,
}

/// The state of the whole and of its parts.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Health {
    /// The whole.
    pub status: Overall,
    /// The parts, where they were asked.
    pub parts: Option<Parts>,
    /// Version of this program.
    pub version: String,
}

/// What the API stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
pub struct Parts {
    /// PostgreSQL.
    pub database: Working,
    /// Redis.
    pub redis: Working,
    /// Object storage.
    pub storage: Working,
}

/// Remembers the last answer for a moment, and lets one question be asked at a time.
#[derive(Default)]
pub struct Probe(Mutex<Option<(Instant, Parts)>>);

impl Probe {
    async fn parts(&self, app: &App) -> Parts {
        let mut last = self.0.lock().await;
        match *last {
            Some((asked, parts)) if asked.elapsed() < FRESH => parts,
            _ => {
                let parts = ask(app).await;
                *last = Some((Instant::now(), parts));
                parts
            }
        }
    }
}

async fn ask(app: &App) -> Parts {
    let database = app.db.query_one_raw(Statement::from_string(DbBackend::Postgres, "SELECT 1"));
    let ping = redis::cmd("PING");
    let ping = app.redis.call_each::<String>(&ping);
    let (database, redis, storage) = tokio::join!(
        timeout(PATIENCE, database),
        timeout(PATIENCE, ping),
        timeout(PATIENCE, app.storage.probe())
    );
    Parts {
        database: matches!(database, Ok(Ok(_))).into(),
        redis: matches!(redis, Ok(Ok(_))).into(),
        storage: matches!(storage, Ok(Ok(()))).into(),
    }
}

/// The process runs; nothing is asked.
#[must_use]
pub fn live() -> Reply<Health> {
    Reply(health(Overall::Alive, None))
}

/// Whether calls can be answered.
///
/// # Errors
/// `UNAVAILABLE` without the database.
pub async fn ready(app: &App) -> Result<Reply<Health>, ApiError> {
    let parts = app.probe.parts(app).await;
    if parts.database == Working::Down {
        return Err(ApiError::unavailable("database", "it does not answer"));
    }
    let all = parts.redis == Working::Up && parts.storage == Working::Up;
    Ok(Reply(health(if all { Overall::Ready } else { Overall::Degraded }, Some(parts))))
}

fn health(status: Overall, parts: Option<Parts>) -> Health {
    Health { status, parts, version: env!("CARGO_PKG_VERSION").to_owned() }
}

#[OpenApi(prefix_path = "/health", tag = "Tag::System")]
impl Api {
    /// Whether the process runs
    ///
    /// The three of them are also at the root, outside of the base path.
    #[oai(path = "/live", method = "get")]
    async fn live(&self, _caller: Public) -> Reply<Health> {
        live()
    }

    /// Whether calls can be answered
    ///
    /// 503 only without the database; without Redis or storage the status is `degraded`.
    #[oai(path = "/ready", method = "get")]
    async fn ready(&self, _caller: Public) -> Result<Reply<Health>, ApiError> {
        ready(&self.0).await
    }

    /// The same as `/health/ready`
    #[oai(path = "/", method = "get")]
    async fn health(&self, _caller: Public) -> Result<Reply<Health>, ApiError> {
        ready(&self.0).await
    }
}

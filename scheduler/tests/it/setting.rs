//! One test's database, queue and schedulers.

use chrono::{DateTime, Utc};
use entity::{job_outbox, schedule};
use jobs::Job;
use jobs::catalogue::Entry;
use platform::Shutdown;
use queue::{Queues, QueuesConfig};
use scheduler::Health;
use scheduler::reports::Reports;
use scheduler::sweep::Sweeper;
use scheduler::ticker::Ticker;
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, QueryFilter as _};
use sea_orm::{ActiveValue::Set, ConnectOptions, DatabaseConnection, EntityTrait as _, QueryOrder as _};
use serde::{Deserialize, Serialize};
use testkit::{Database, Keyspace};
use tokio::task::JoinHandle;

/// Work that no worker knows; it only has to be asked for.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Chime {}

impl Job for Chime {
    const KIND: &'static str = "chime";
    const QUEUE: &'static str = "default";
    type Output = ();
}

/// Another such kind.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Bell {}

impl Job for Bell {
    const KIND: &'static str = "bell";
    const QUEUE: &'static str = "default";
    type Output = ();
}

pub const CHIME: &str = Chime::KIND;
pub const BELL: &str = Bell::KIND;

pub struct Setting {
    pub database: Database,
    pub redis: Keyspace,
    shutdown: Shutdown,
}

/// What a test leaves running ends with it.
impl Drop for Setting {
    fn drop(&mut self) {
        self.shutdown.start();
    }
}

impl Setting {
    pub async fn new() -> Self {
        Self { database: testkit::database().await, redis: testkit::redis(), shutdown: Shutdown::new() }
    }

    pub fn db(&self) -> &DatabaseConnection {
        &self.database.connection
    }

    pub fn queues(&self) -> Queues {
        let config = QueuesConfig { prefix: self.redis.prefix.clone(), ..QueuesConfig::default() };
        Queues::lazy(&self.redis.url, config).unwrap()
    }

    /// A ticker with a connection of its own, as another process would have.
    pub async fn start_ticker(&self, catalogue: &'static [Entry]) -> JoinHandle<()> {
        self.start_ticker_on(self.queues(), catalogue, Health::default()).await
    }

    pub async fn start_ticker_on(
        &self,
        queues: Queues,
        catalogue: &'static [Entry],
        health: Health,
    ) -> JoinHandle<()> {
        let mut options = ConnectOptions::new(&self.database.url);
        options.max_connections(1).sqlx_logging(false);
        let db = sea_orm::Database::connect(options).await.unwrap();
        tokio::spawn(Ticker::new(db, queues, catalogue, health).run(self.shutdown.clone()))
    }

    pub fn start_reports(&self, reports: Reports) {
        tokio::spawn(reports.run(self.shutdown.clone()));
    }

    pub fn start_sweeper(&self) -> JoinHandle<()> {
        let sweeper = Sweeper::new(self.db().clone(), self.queues(), Health::default());
        tokio::spawn(sweeper.run(self.shutdown.clone()))
    }

    pub async fn stop(&self, tasks: Vec<JoinHandle<()>>) {
        self.shutdown.start();
        for task in tasks {
            task.await.unwrap();
        }
    }

    /// A row as if a scheduler had made it earlier.
    pub async fn add_schedule(&self, name: &str, cron: &str, enabled: bool, last_tick: DateTime<Utc>) {
        let row = schedule::ActiveModel {
            name: Set(name.to_owned()),
            cron: Set(cron.to_owned()),
            timezone: Set("UTC".to_owned()),
            enabled: Set(enabled),
            last_tick: Set(Some(last_tick)),
            ..Default::default()
        };
        row.insert(self.db()).await.unwrap();
    }

    pub async fn schedule(&self, name: &str) -> schedule::Model {
        schedule::Entity::find_by_id(name.to_owned()).one(self.db()).await.unwrap().unwrap()
    }

    /// The outbox rows of a kind, oldest first.
    pub async fn accepted(&self, kind: &str) -> Vec<job_outbox::Model> {
        let rows = job_outbox::Entity::find().filter(job_outbox::Column::Kind.eq(kind));
        rows.order_by_asc(job_outbox::Column::CreatedAt).all(self.db()).await.unwrap()
    }

    pub async fn now(&self) -> DateTime<Utc> {
        schedule::clock(self.db()).await.unwrap()
    }
}

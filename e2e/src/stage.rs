//! A whole installation for one test: API, stand-in recogniser, database, queue and bucket, to which the test adds workers and
//! schedulers as it likes.

use std::time::Duration;

use sea_orm::{DatabaseConnection, EntityTrait};
use serde_json::json;
use testkit::provider::{Answer, Provider};
use testkit::{ADMIN_PASSWORD, Bucket, eventually, websocket};
use uuid::Uuid;

use crate::servers::Servers;
use crate::{Client, Program, employees};

/// Processes and servers of one test. Everything ends when this is dropped.
#[derive(Debug)]
pub struct Stage {
    /// The API.
    pub api: Program,
    /// The stand-in recogniser.
    pub provider: Provider,
    /// The database, for looking at what was stored.
    pub db: DatabaseConnection,
    /// What every process is told.
    pub environment: Vec<(&'static str, String)>,
    /// Where data lies.
    pub servers: Servers,
    _bucket: Bucket,
}

impl Stage {
    /// An API, and a recogniser that gives `answer`.
    pub async fn set(answer: Answer) -> Self {
        Self::build(answer, Servers::shared().await, &[]).await
    }

    /// The same, with servers that the test may stop.
    pub async fn on_own_servers(answer: Answer) -> Self {
        Self::build(answer, Servers::own().await, &[]).await
    }

    /// The same, with further settings for every process.
    pub async fn with(answer: Answer, settings: &[(&'static str, &str)]) -> Self {
        Self::build(answer, Servers::shared().await, settings).await
    }

    async fn build(answer: Answer, servers: Servers, others: &[(&'static str, &str)]) -> Self {
        let (bucket, provider) = (testkit::bucket(), testkit::provider::provider(answer).await);
        let mut environment = servers.settings();
        environment.extend(bucket.settings().map(|(name, value)| (name, value.to_owned())));
        environment.extend(["SECRET_KEY", "ENCRYPTION_KEY"].map(|name| (name, secret())));
        environment.push(("MEDIA_ROOT", testkit::camera::scenes().display().to_string()));
        environment.push(("RATE_LIMIT_PER_MINUTE", "0".to_owned()));
        environment.extend(others.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let db = servers.connect().await;
        // Whether a sighting is late, and for which day it counts, shall not depend on the hour at which the tests run.
        entity::shift_schedule::Entity::delete_many().exec(&db).await.unwrap();
        employees::hire(&db).await;
        let api = Program::start("rollcall-api", "API_BIND", "/health/ready", &environment).await;
        Self { api, provider, db, environment, servers, _bucket: bucket }
    }

    /// The administrator, signed in, who has pointed the platform to the stand-in recogniser.
    pub async fn administrator(&self) -> Client {
        let client = self.sign_in().await;
        let config = json!({ "endpoint": self.provider.url(), "timeoutMs": 5_000 });
        client.put("/detections/provider/config", &config).await;
        client
    }

    /// The administrator, signed in.
    pub async fn sign_in(&self) -> Client {
        Client::sign_in(&self.api.url, "admin@rollcall.local", ADMIN_PASSWORD).await
    }

    /// One more worker, ready.
    pub async fn worker(&self) -> Program {
        self.program("rollcall-worker", &[]).await
    }

    /// One more worker that runs at most so many jobs at a time, of which three quarters may be frames.
    pub async fn worker_of(&self, concurrency: usize) -> Program {
        self.program("rollcall-worker", &[("WORKER_CONCURRENCY", concurrency.to_string())]).await
    }

    /// One more scheduler, ready.
    pub async fn scheduler(&self) -> Program {
        self.program("rollcall-scheduler", &[]).await
    }

    async fn program(&self, name: &str, more: &[(&'static str, String)]) -> Program {
        let environment = [&self.environment, more].concat();
        Program::start(name, "OPS_BIND", "/health/ready", &environment).await
    }

    /// A WebSocket of `client`, subscribed to these channels.
    pub async fn socket(&self, client: &Client, channels: &[&str]) -> websocket::Client {
        let url = format!("{}/ws?token={}", self.api.url.replacen("http", "ws", 1), client.access_token);
        let mut socket = websocket::connect(&url).await.unwrap();
        for channel in channels {
            socket.send(&json!({ "action": "subscribe", "channel": channel })).await;
            assert_eq!(socket.next().await["type"], "subscribed");
        }
        self.api_listens().await;
        socket
    }

    /// Waits until the API itself has subscribed in Redis, which it does in the background, at its start and after an outage.
    pub async fn api_listens(&self) {
        let redis = redis::Client::open(self.setting("REDIS_URL")).unwrap();
        let channel = format!("{}:events", self.setting("REDIS_PREFIX"));
        eventually(Duration::from_secs(10), "the API subscribes", async || {
            let mut connection = redis.get_multiplexed_async_connection().await.ok()?;
            let count = redis::cmd("PUBSUB").arg("NUMSUB").arg(&channel).query_async(&mut connection).await;
            count.ok().filter(|(_, subscribers): &(String, u32)| *subscribers > 0)
        })
        .await;
    }

    /// The value of a setting.
    #[must_use]
    pub fn setting(&self, name: &str) -> &str {
        value_of(&self.environment, name)
    }

    /// All rows of a table.
    pub async fn all<E: EntityTrait>(&self) -> Vec<E::Model> {
        E::find().all(&self.db).await.unwrap()
    }
}

/// The value of a setting, as a process would take it: the last one counts.
#[must_use]
pub fn value_of<'a>(environment: &'a [(&'static str, String)], name: &str) -> &'a str {
    environment.iter().rfind(|(known, _)| *known == name).map(|(_, value)| value.as_str()).unwrap()
}

/// Something that nobody can guess and that stands nowhere else, so that it can be looked for.
#[must_use]
pub fn secret() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

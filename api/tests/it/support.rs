//! An API of a test's own, and requests to it.

use std::{collections::HashMap, net::SocketAddr, sync::LazyLock, time::Duration};

use api::auth::TokenKeys;
use chrono::Utc;
use entity::{Secret, user, user_session};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use platform::{
    Settings, Shutdown,
    events::{Event, Publisher},
    launch::Context,
    redis::connect,
};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use serde_json::{Value, json};
use testkit::{Bucket, Database, Keyspace};
use tokio::{net::TcpListener, task::JoinHandle};
use uuid::Uuid;

pub const ADMIN: &str = "ROLE-ADMIN";
pub const OPERATOR: &str = "ROLE-OPERATOR";
pub const VIEWER: &str = "ROLE-VIEWER";

/// The recorder is one a process.
static METRICS: LazyLock<PrometheusHandle> =
    LazyLock::new(|| PrometheusBuilder::new().install_recorder().unwrap());

/// A running API.
pub struct Api {
    pub address: SocketAddr,
    pub database: Database,
    pub settings: Settings,
    pub client: reqwest::Client,
    shutdown: Shutdown,
    served: Option<JoinHandle<()>>,
    pub redis: Keyspace,
    _bucket: Bucket,
}

/// A signed-in user.
#[derive(Clone)]
pub struct User {
    pub id: Uuid,
    pub sid: Uuid,
    pub token: String,
}

impl Api {
    /// With the usual settings, rate limits off.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With other settings than the usual ones.
    pub async fn with(other: &[(&str, &str)]) -> Self {
        let (database, redis, bucket) =
            (testkit::seeded_database().await, testkit::redis(), testkit::bucket());
        let mut variables: HashMap<String, String> = HashMap::from([
            ("DATABASE_URL".to_owned(), database.url.clone()),
            ("REDIS_URL".to_owned(), redis.url.clone()),
            ("REDIS_PREFIX".to_owned(), redis.prefix.clone()),
            ("RATE_LIMIT_PER_MINUTE".to_owned(), "0".to_owned()),
        ]);
        let own = bucket.settings();
        variables
            .extend(own.iter().chain(other).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let settings = Settings::read(|name| variables.get(name).cloned()).unwrap();
        Self::serve(settings, database, redis, bucket).await
    }

    async fn serve(settings: Settings, database: Database, redis: Keyspace, bucket: Bucket) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, shutdown) = (listener.local_addr().unwrap(), Shutdown::new());
        let context = Context { shutdown: shutdown.clone(), metrics: METRICS.clone() };
        let running = api::run(settings.clone(), listener, context);
        let served = Some(tokio::spawn(async move { running.await.unwrap() }));
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
        Self { address, database, settings, client, shutdown, served, redis, _bucket: bucket }
    }

    /// A second replica on the same database and Redis.
    pub async fn replica(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let context = Context { shutdown: self.shutdown.clone(), metrics: METRICS.clone() };
        tokio::spawn(api::run(self.settings.clone(), listener, context));
        address
    }

    /// Drains the API and waits for its end.
    pub async fn stop(&mut self) {
        self.shutdown.start();
        tokio::time::timeout(Duration::from_secs(15), self.served.take().unwrap()).await.unwrap().unwrap();
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path).json(body)
    }

    /// Settings as `user` sends them.
    pub fn put(&self, user: &User, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::PUT, path).json(body).bearer_auth(&user.token)
    }

    /// Settings as `user` sends them, which are taken; answers what they are now.
    pub async fn set(&self, user: &User, path: &str, body: &Value) -> Value {
        let (status, answer) = read(self.put(user, path, body)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["data"].clone()
    }

    /// Signs in over HTTP.
    pub async fn login(&self, email: &str, password: &str) -> Response {
        let body = json!({ "username": email, "password": password });
        self.post("/api/v1/auth/login", &body).send().await.unwrap()
    }

    /// A new user of `role` who is signed in, without the cost of a password.
    pub async fn user(&self, role: &str) -> User {
        let (email, now) = (format!("{}@example.org", Uuid::new_v4().simple()), Utc::now());
        let row = user::ActiveModel {
            email: Set(email),
            name: Set("Test".to_owned()),
            hashed_password: Set(Secret::new("none")),
            role_id: Set(role.to_owned()),
            status: Set(user::Status::Active),
            version: Set(1),
            ..Default::default()
        };
        let row = row.insert(&self.database.connection).await.unwrap();
        let sid = Uuid::now_v7();
        let session = user_session::ActiveModel {
            user_id: Set(row.id),
            family_id: Set(sid),
            refresh_token_hash: Set(Secret::new(Uuid::new_v4().to_string())),
            issued_at: Set(now),
            expires_at: Set(now + chrono::TimeDelta::days(1)),
            ..Default::default()
        };
        session.insert(&self.database.connection).await.unwrap();
        let token = self.sign(&row, role, sid, Duration::from_secs(900)).await;
        User { id: row.id, sid, token }
    }

    async fn sign(&self, user: &user::Model, role: &str, sid: Uuid, life: Duration) -> String {
        let roles = entity::role::all(&self.database.connection).await.unwrap();
        let permissions = roles.into_iter().find(|r| r.id == role).unwrap().permissions.0;
        TokenKeys::new(&self.settings.keys, life).sign(user, &permissions, sid).unwrap()
    }

    /// Another token of `user` that lives only so long.
    pub async fn short_token(&self, user: &User, role: &str, life: Duration) -> String {
        let row = user::find_living(&self.database.connection, user.id).await.unwrap().unwrap();
        self.sign(&row, role, user.sid, life).await
    }

    pub async fn suspend(&self, user: &User) {
        let change = user::ActiveModel { status: Set(user::Status::Suspended), ..Default::default() };
        user::edit(&self.database.connection, user.id, None, change).await.unwrap();
    }

    pub async fn publish(&self, event: &Event) {
        let publisher = Publisher::new(connect(&self.settings).unwrap(), &self.settings.redis_prefix);
        publisher.publish(event).await.unwrap();
    }

    /// A WebSocket connection with `token`.
    pub async fn socket(&self, token: &str) -> testkit::websocket::Client {
        testkit::websocket::connect(&format!("ws://{}/ws?token={token}", self.address)).await.unwrap()
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.shutdown.start();
    }
}

/// Status and body of an answer.
pub async fn read(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let (status, text) = (response.status(), response.text().await.unwrap());
    (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status} is no JSON: {text}")))
}

/// Asserts that an answer is the error envelope with this status and code, and returns it.
pub async fn refused(request: RequestBuilder, status: u16, code: &str) -> Value {
    let response = request.send().await.unwrap();
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let (given, text) = (response.status(), response.text().await.unwrap());
    let body: Value =
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{given} is no envelope: {text}"));
    assert_eq!((given.as_u16(), body["error"]["code"].as_str()), (status, Some(code)), "{body}");
    assert_eq!(body["success"], false);
    assert!(body["error"]["message"].is_string() && body["error"].get("details").is_some(), "{body}");
    assert_eq!(body["requestId"], id.as_str());
    body
}

//! Calls while PostgreSQL is away: refused soon, and audited once it is back.

use std::time::{Duration, Instant};

use entity::audit_log::{self, Status};
use futures_util::future::join_all;
use migration::{Migrator, MigratorTrait as _};
use reqwest::{RequestBuilder, StatusCode};
use sea_orm::{ColumnTrait as _, DatabaseConnection, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use testkit::{Instance, instance::Server};

use crate::support::{ADMIN, Api};

/// What a person in front of a browser may be kept waiting, with some air for a busy machine.
const SOON: Duration = Duration::from_secs(3);

async fn database(instance: &Instance) -> DatabaseConnection {
    let db = sea_orm::Database::connect(instance.database_url()).await.unwrap();
    Migrator::up(&db, None).await.unwrap();
    db
}

async fn is_unavailable_soon(request: RequestBuilder) {
    let asked = Instant::now();
    let response = request.send().await.unwrap();
    let (took, url) = (asked.elapsed(), response.url().clone());
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{url}");
    assert!(response.headers().contains_key("retry-after"), "{url}");
    assert!(took < SOON, "{url} took {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_calls_are_refused_soon_and_audited_when_it_is_back() {
    let instance = Instance::start();
    let db = database(&instance).await;
    let api = Api::with(&[("DATABASE_URL", instance.database_url())]).await;
    let admin = api.user(ADMIN).await;
    instance.stop(Server::Postgres);

    let login = json!({ "username": "a@example.org", "password": "some password" });
    let frame = json!({ "cameraId": "CAM-01" });
    is_unavailable_soon(api.post("/api/v1/auth/login", &login)).await;
    is_unavailable_soon(api.post("/api/v1/detections/send-frame", &frame).bearer_auth(&admin.token)).await;
    is_unavailable_soon(api.get("/api/v1/cameras").bearer_auth(&admin.token)).await;
    let live = || is_unavailable_soon(api.get("/api/v1/detections/live").bearer_auth(&admin.token));
    join_all((0..20).map(|_| live())).await;

    instance.resume(Server::Postgres);
    let refused = || audit_log::Entity::find().filter(audit_log::Column::Status.eq(Status::Failure)).all(&db);
    let rows = testkit::eventually(Duration::from_secs(15), "both refusals are audited", async || {
        refused().await.ok().filter(|rows| rows.len() >= 2)
    })
    .await;
    let mut actions: Vec<_> = rows.iter().map(|row| row.action.as_str()).collect();
    actions.sort_unstable();
    assert_eq!(actions, ["POST /api/v1/auth/login", "POST /api/v1/detections/send-frame"]);
    assert!(
        rows.iter().all(|row| row.error_message.as_deref().unwrap().starts_with("UNAVAILABLE")),
        "{rows:?}"
    );
}

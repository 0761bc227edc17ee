//! Every changing call leaves one row, refused ones too, and no secret in it.

use entity::audit_log::{self, Status};
use reqwest::{Method, StatusCode};
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde_json::{Value, json};
use testkit::ADMIN_PASSWORD;

use crate::support::{Api, VIEWER, read, refused};

const EMAIL: &str = migration::seed::ADMIN_EMAIL;

async fn rows(api: &Api) -> Vec<audit_log::Model> {
    audit_log::Entity::find().order_by_asc(audit_log::Column::Id).all(&api.database.connection).await.unwrap()
}

#[tokio::test]
async fn a_change_has_one_row_with_its_actor_resource_and_request() {
    let api = Api::start().await;
    let id = "0b7d2c7e-8f0e-4c1c-9f43-0123456789ab";
    let body = json!({ "username": EMAIL, "password": ADMIN_PASSWORD });
    let (status, _) = read(api.post("/api/v1/auth/login", &body).header("x-request-id", id)).await;
    assert_eq!(status, StatusCode::OK);
    let [row] = rows(&api).await.try_into().unwrap();
    assert_eq!((row.action.as_str(), row.actor.as_str(), row.status), ("auth.login", EMAIL, Status::Success));
    assert_eq!((row.request_id.to_string().as_str(), row.resource_type.as_deref()), (id, Some("session")));
    assert_eq!(row.ip_address.unwrap().ip().to_string(), "127.0.0.1");
}

#[tokio::test]
async fn a_refused_or_failed_call_has_one_row_that_says_why() {
    let api = Api::start().await;
    let user = api.user(VIEWER).await;
    let wrong = json!({ "username": EMAIL, "password": "not the password" });
    refused(api.post("/api/v1/auth/login", &wrong), 401, "INVALID_CREDENTIALS").await;
    refused(api.post("/api/v1/auth/login", &json!({})), 422, "VALIDATION_ERROR").await;
    refused(api.post("/api/v1/auth/logout", &json!({})), 401, "UNAUTHENTICATED").await;
    refused(api.post("/api/v1/auth/logout", &json!({})).bearer_auth(&user.token), 422, "VALIDATION_ERROR")
        .await;
    refused(api.request(Method::DELETE, "/api/v1/nothing"), 404, "NOT_FOUND").await;
    let rows = rows(&api).await;
    let reasons: Vec<&str> =
        rows.iter().map(|r| r.error_message.as_deref().unwrap().split(':').next().unwrap()).collect();
    assert_eq!(
        reasons,
        ["INVALID_CREDENTIALS", "VALIDATION_ERROR", "UNAUTHENTICATED", "VALIDATION_ERROR", "NOT_FOUND"]
    );
    assert!(rows.iter().all(|row| row.status == Status::Failure));
    assert_eq!((rows[0].actor.as_str(), rows[2].actor.as_str()), (EMAIL, "anonymous"));
    assert_eq!((rows[3].user_id, rows[3].actor_role.as_deref()), (Some(user.id), Some(VIEWER)));
    assert_eq!(rows[2].action, "POST /api/v1/auth/logout");
    let everything = serde_json::to_string(&rows).unwrap();
    assert!(!everything.contains("not the password") && !everything.contains(&user.token), "{everything}");
}

#[tokio::test]
async fn the_reuse_of_a_refresh_token_is_written_down_as_critical() {
    let api = Api::start().await;
    let body: Value = api.login(EMAIL, ADMIN_PASSWORD).await.json().await.unwrap();
    let renewal = json!({ "refreshToken": body["data"]["refreshToken"] });
    assert_eq!(read(api.post("/api/v1/auth/refresh", &renewal)).await.0, StatusCode::OK);
    refused(api.post("/api/v1/auth/refresh", &renewal), 401, "TOKEN_REVOKED").await;
    let rows = rows(&api).await;
    let last = rows.last().unwrap();
    assert_eq!((rows.len(), last.severity, last.status), (3, entity::Level::Critical, Status::Failure));
    assert_eq!(last.actor, EMAIL);
}

#[tokio::test]
async fn reading_leaves_no_row() {
    let api = Api::start().await;
    let user = api.user(VIEWER).await;
    assert_eq!(read(api.get("/api/v1/roles").bearer_auth(user.token)).await.0, StatusCode::OK);
    refused(api.get("/api/v1/auth/me"), 401, "UNAUTHENTICATED").await;
    assert!(rows(&api).await.is_empty());
}

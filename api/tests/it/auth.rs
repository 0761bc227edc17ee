//! Signing in, renewing, signing out, the lock, and how fast a revoked session is noticed.

use std::time::Duration;

use entity::alert;
use futures_util::future::join_all;
use reqwest::StatusCode;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use testkit::{ADMIN_PASSWORD, eventually};

use crate::support::{Api, VIEWER, read, refused};

const EMAIL: &str = migration::seed::ADMIN_EMAIL;

async fn pair(api: &Api) -> (String, String) {
    let body: Value = api.login(EMAIL, ADMIN_PASSWORD).await.json().await.unwrap();
    let text = |name: &str| body["data"][name].as_str().unwrap().to_owned();
    (text("accessToken"), text("refreshToken"))
}

fn renewal(api: &Api, token: &str) -> reqwest::RequestBuilder {
    api.post("/api/v1/auth/refresh", &json!({ "refreshToken": token }))
}

#[tokio::test]
async fn a_user_signs_in_sees_who_they_are_and_signs_out() {
    let api = Api::start().await;
    let (status, body) = read(
        api.post("/api/v1/auth/login", &json!({ "email": EMAIL.to_uppercase(), "password": ADMIN_PASSWORD })),
    )
    .await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(body["data"]["expiresIn"], 900);
    assert_eq!(body["data"]["user"]["email"], EMAIL);
    assert!(body["data"]["user"].get("hashedPassword").is_none());
    assert!(body["data"]["user"]["createdAt"].as_str().unwrap().ends_with('Z'), "{body}");
    let token = body["data"]["accessToken"].as_str().unwrap();

    let (status, me) = read(api.get("/api/v1/auth/me").bearer_auth(token)).await;
    assert_eq!((status, &me["data"]["permissions"]), (StatusCode::OK, &json!(["*"])));
    assert_eq!(me["data"]["user"]["roleId"], "ROLE-ADMIN");

    let spent = json!({ "refreshToken": body["data"]["refreshToken"] });
    let out = api.post("/api/v1/auth/logout", &spent).bearer_auth(token).send().await.unwrap();
    assert_eq!((out.status(), out.text().await.unwrap()), (StatusCode::NO_CONTENT, String::new()));
    refused(api.get("/api/v1/auth/me").bearer_auth(token), 401, "TOKEN_REVOKED").await;
    refused(renewal(&api, spent["refreshToken"].as_str().unwrap()), 401, "TOKEN_REVOKED").await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_answer_alike() {
    let api = Api::start().await;
    let mut answers = Vec::new();
    for email in [EMAIL, "nobody@example.org"] {
        let body = json!({ "username": email, "password": "wrong password" });
        let mut answer = refused(api.post("/api/v1/auth/login", &body), 401, "INVALID_CREDENTIALS").await;
        answer["requestId"] = Value::Null;
        answers.push(answer);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn of_many_simultaneous_uses_of_a_refresh_token_one_wins_and_reuse_ends_the_family() {
    let api = Api::start().await;
    let (access, refresh) = pair(&api).await;
    let answers = join_all((0..8).map(|_| read(renewal(&api, &refresh)))).await;
    let won: Vec<&Value> =
        answers.iter().filter(|(status, _)| *status == StatusCode::OK).map(|(_, b)| b).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    let lost = answers.iter().filter(|(_, body)| body["error"]["code"] == "TOKEN_REVOKED").count();
    assert_eq!(lost, 7, "{answers:?}");
    refused(renewal(&api, won[0]["data"]["refreshToken"].as_str().unwrap()), 401, "TOKEN_REVOKED").await;
    refused(api.get("/api/v1/auth/me").bearer_auth(access), 401, "TOKEN_REVOKED").await;
}

#[tokio::test]
async fn an_access_token_outlives_the_renewal_of_its_session() {
    let api = Api::start().await;
    let (first, refresh) = pair(&api).await;
    let (status, next) = read(renewal(&api, &refresh)).await;
    assert_eq!(status, StatusCode::OK, "{next}");
    for token in [first.as_str(), next["data"]["accessToken"].as_str().unwrap()] {
        assert_eq!(read(api.get("/api/v1/auth/me").bearer_auth(token)).await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn ten_failures_lock_the_account_for_that_address_and_raise_one_alert() {
    let api = Api::start().await;
    for _ in 0..10 {
        let body = json!({ "username": EMAIL, "password": "wrong password" });
        refused(api.post("/api/v1/auth/login", &body), 401, "INVALID_CREDENTIALS").await;
    }
    let right = json!({ "username": EMAIL, "password": ADMIN_PASSWORD });
    let locked = api.post("/api/v1/auth/login", &right).send().await.unwrap();
    assert_eq!(locked.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = locked.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((800..=900).contains(&wait), "{wait}");
    let alerts = alert::Entity::find().all(&api.database.connection).await.unwrap();
    assert_eq!(alerts.iter().map(|alert| alert.kind.as_str()).collect::<Vec<_>>(), ["login_lockout"]);
    let elsewhere = api.post("/api/v1/auth/login", &right).header("x-forwarded-for", "203.0.113.7");
    refused(elsewhere, 429, "RATE_LIMITED").await;
}

#[tokio::test]
async fn the_lock_holds_for_one_address_only() {
    let api = Api::with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let from = |address: &str, password: &str| {
        let body = json!({ "username": EMAIL, "password": password });
        api.post("/api/v1/auth/login", &body).header("x-forwarded-for", address)
    };
    for _ in 0..10 {
        refused(from("203.0.113.7", "wrong password"), 401, "INVALID_CREDENTIALS").await;
    }
    refused(from("203.0.113.7", ADMIN_PASSWORD), 429, "RATE_LIMITED").await;
    assert_eq!(read(from("203.0.113.8", ADMIN_PASSWORD)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_suspended_user_is_refused_on_every_replica_within_five_seconds() {
    let api = Api::start().await;
    let (user, replica) = (api.user(VIEWER).await, api.replica().await);
    let urls = [api.url("/api/v1/auth/me"), format!("http://{replica}/api/v1/auth/me")];
    for url in &urls {
        assert_eq!(read(api.client.get(url).bearer_auth(&user.token)).await.0, StatusCode::OK);
    }
    api.suspend(&user).await;
    for url in &urls {
        eventually(Duration::from_secs(5), "the suspended user is refused", async || {
            let (status, body) = read(api.client.get(url).bearer_auth(&user.token)).await;
            (status == StatusCode::FORBIDDEN && body["error"]["code"] == "ACCOUNT_SUSPENDED").then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn tokens_that_are_missing_foreign_changed_or_expired_are_told_apart() {
    let api = Api::start().await;
    let user = api.user(VIEWER).await;
    let me = || api.get("/api/v1/auth/me");
    refused(me(), 401, "UNAUTHENTICATED").await;
    refused(me().bearer_auth("nonsense"), 401, "UNAUTHENTICATED").await;
    refused(me().bearer_auth(format!("{}x", user.token)), 401, "UNAUTHENTICATED").await;
    refused(me().basic_auth("a", Some("b")), 401, "UNAUTHENTICATED").await;
    let short = api.short_token(&user, VIEWER, Duration::from_secs(1)).await;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    refused(me().bearer_auth(short), 401, "TOKEN_EXPIRED").await;
    assert_eq!(read(me().bearer_auth(user.token)).await.0, StatusCode::OK);
}

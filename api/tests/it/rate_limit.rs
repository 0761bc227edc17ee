//! Rate limits by class, caller and address.

use reqwest::{Response, StatusCode};
use serde_json::json;

use crate::support::{Api, VIEWER, refused};

fn left(answer: &Response) -> u32 {
    answer.headers()["x-ratelimit-remaining"].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn the_limit_counts_down_and_then_refuses_until_a_given_time() {
    let api = Api::with(&[("RATE_LIMIT_PER_MINUTE", "5")]).await;
    let user = api.user(VIEWER).await;
    let me = || api.get("/api/v1/auth/me").bearer_auth(&user.token);
    for expected in [4, 3, 2, 1, 0] {
        let answer = me().send().await.unwrap();
        assert_eq!((answer.status(), left(&answer)), (StatusCode::OK, expected));
        assert_eq!(answer.headers()["x-ratelimit-limit"], "5");
    }
    let answer = me().send().await.unwrap();
    let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=120).contains(&wait), "{wait}");
    assert_eq!(answer.headers()["x-ratelimit-reset"].to_str().unwrap(), wait.to_string());
    refused(me(), 429, "RATE_LIMITED").await;
}

#[tokio::test]
async fn users_are_counted_apart_and_polled_lists_in_a_class_of_their_own() {
    let api = Api::with(&[("RATE_LIMIT_PER_MINUTE", "2")]).await;
    let (one, two) = (api.user(VIEWER).await, api.user(VIEWER).await);
    for _ in 0..2 {
        api.get("/api/v1/auth/me").bearer_auth(&one.token).send().await.unwrap();
    }
    refused(api.get("/api/v1/auth/me").bearer_auth(&one.token), 429, "RATE_LIMITED").await;
    let other = api.get("/api/v1/auth/me").bearer_auth(&two.token).send().await.unwrap();
    assert_eq!(other.status(), StatusCode::OK);
    let polled = api.get("/api/v1/roles").bearer_auth(&one.token).send().await.unwrap();
    assert_eq!(
        (polled.status(), &polled.headers()["x-ratelimit-limit"]),
        (StatusCode::OK, &"600".parse().unwrap())
    );
}

#[tokio::test]
async fn a_websocket_handshake_counts_for_the_user_of_its_token() {
    let api = Api::with(&[("RATE_LIMIT_PER_MINUTE", "2")]).await;
    for _ in 0..3 {
        let user = api.user(VIEWER).await;
        for _ in 0..2 {
            api.socket(&user.token).await;
        }
        refused(api.get(&format!("/ws?token={}", user.token)), 429, "RATE_LIMITED").await;
        refused(api.get("/api/v1/auth/me").bearer_auth(&user.token), 429, "RATE_LIMITED").await;
    }
}

#[tokio::test]
async fn handshakes_without_a_good_token_count_by_address() {
    let api = Api::with(&[("RATE_LIMIT_PER_MINUTE", "2")]).await;
    for token in ["x", "y"] {
        refused(api.get(&format!("/ws?token={token}")), 401, "UNAUTHENTICATED").await;
    }
    refused(api.get("/ws?token=z"), 429, "RATE_LIMITED").await;
}

#[tokio::test]
async fn sign_ins_are_limited_to_ten_a_minute_and_address() {
    let api = Api::with(&[("RATE_LIMIT_PER_MINUTE", "1000")]).await;
    for _ in 0..10 {
        refused(api.post("/api/v1/auth/login", &json!({})), 422, "VALIDATION_ERROR").await;
    }
    refused(api.post("/api/v1/auth/login", &json!({})), 429, "RATE_LIMITED").await;
    assert_eq!(api.get("/api/v1/health").send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn without_redis_everybody_passes() {
    let api = Api::with(&[("RATE_LIMIT_PER_MINUTE", "1"), ("REDIS_URL", "redis://127.0.0.1:1")]).await;
    let user = api.user(VIEWER).await;
    for _ in 0..5 {
        let answer = api.get("/api/v1/auth/me").bearer_auth(&user.token).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn probes_are_never_limited() {
    let api = Api::with(&[("RATE_LIMIT_PER_MINUTE", "1")]).await;
    for _ in 0..5 {
        assert_eq!(api.get("/health/ready").send().await.unwrap().status(), StatusCode::OK);
    }
}

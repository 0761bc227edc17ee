//! The detection provider: its settings, and asking how it is.

use entity::{audit_log, detection_provider_config};
use reqwest::{Method, StatusCode};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use testkit::provider::{Answer, provider};

use crate::support::{ADMIN, Api, OPERATOR, VIEWER, read, refused};

const CONFIG: &str = "/api/v1/detections/provider/config";
const TEST: &str = "/api/v1/detections/test-provider";

async fn stored(api: &Api) -> detection_provider_config::Model {
    detection_provider_config::get(&api.database.connection).await.unwrap()
}

#[tokio::test]
async fn the_settings_have_every_field_of_the_contract() {
    let api = Api::start().await;
    let viewer = api.user(VIEWER).await;
    let (status, body) = read(api.get(CONFIG).bearer_auth(&viewer.token)).await;
    let expected = json!({
        "providerName": "Rollcall", "kind": "rollcall", "endpoint": "http://127.0.0.1:8001", "apiKey": null,
        "enabled": true, "minConfidence": 55.0, "timeoutMs": 5000, "status": "offline", "lastHeartbeat": null,
        "averageLatencyMs": 0.0, "version": 1,
    });
    assert_eq!((status, &body["data"]), (StatusCode::OK, &expected));
}

#[tokio::test]
async fn a_key_is_written_sealed_and_never_read() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    assert_eq!(api.set(&admin, CONFIG, &json!({ "apiKey": "top-secret" })).await["apiKey"], "***");
    let sealed = stored(&api).await.api_key.unwrap();
    assert!(sealed.expose().starts_with("v1:") && !sealed.expose().contains("top-secret"));
    for body in [json!({ "apiKey": "***" }), json!({ "providerName": "Other" }), json!({ "apiKey": null })] {
        assert_eq!(api.set(&admin, CONFIG, &body).await["apiKey"], "***");
        assert_eq!(stored(&api).await.api_key.unwrap(), sealed, "{body}");
    }
    assert_eq!(api.set(&admin, CONFIG, &json!({ "apiKey": "" })).await["apiKey"], Value::Null);
    let rows = audit_log::Entity::find().all(&api.database.connection).await.unwrap();
    let text = serde_json::to_string(&rows).unwrap();
    assert!(rows.len() == 5 && !text.contains("top-secret") && !text.contains(sealed.expose()));
}

#[tokio::test]
async fn a_stored_key_goes_to_no_server_but_its_own() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let there = json!({ "endpoint": "http://127.0.0.1:8001", "apiKey": "top-secret" });
    api.set(&admin, CONFIG, &there).await;
    for address in ["http://127.0.0.1:8002", "https://127.0.0.1:8001", "http://127.0.0.2:8001"] {
        for body in [json!({ "endpoint": address }), json!({ "endpoint": address, "apiKey": "***" })] {
            let answer = refused(api.put(&admin, CONFIG, &body), 422, "VALIDATION_ERROR").await;
            assert_eq!(answer["error"]["details"][0]["field"], "apiKey", "{body}: {answer}");
        }
    }
    for body in [
        json!({ "endpoint": "http://127.0.0.1:8001/v2", "apiKey": "***" }),
        json!({ "endpoint": "http://127.0.0.1:8002", "apiKey": "another" }),
        json!({ "endpoint": "http://127.0.0.1:8003", "apiKey": "" }),
        json!({ "endpoint": "http://127.0.0.1:8004" }),
    ] {
        assert_eq!(api.set(&admin, CONFIG, &body).await["endpoint"], body["endpoint"], "{body}");
    }
}

#[tokio::test]
async fn a_test_calls_the_stored_address_whatever_its_body_says() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let stranger = provider(Answer::Status(500)).await;
    let there = provider(Answer::Status(500)).await;
    api.set(&admin, CONFIG, &json!({ "endpoint": there.url(), "apiKey": "top-secret" })).await;
    let body = json!({ "endpoint": stranger.url(), "apiKey": "***" });
    let (status, _) = read(api.post(TEST, &body).bearer_auth(&admin.token)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(stranger.requests().is_empty() && !there.requests().is_empty());
}

#[tokio::test]
async fn a_stale_version_is_a_conflict() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    assert_eq!(api.set(&admin, CONFIG, &json!({ "timeoutMs": 1000, "version": 1 })).await["version"], 2);
    refused(api.put(&admin, CONFIG, &json!({ "timeoutMs": 2000, "version": 1 })), 409, "VERSION_CONFLICT")
        .await;
    assert_eq!(stored(&api).await.timeout_ms, 1000);
}

#[tokio::test]
async fn a_change_that_changes_nothing_raises_no_version() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let first = api.set(&admin, CONFIG, &json!({ "apiKey": "the-key" })).await;
    for body in [
        json!({}),
        json!({ "apiKey": "the-key", "timeoutMs": 5000 }),
        json!({ "apiKey": "***", "version": 2 }),
    ] {
        assert_eq!(api.set(&admin, CONFIG, &body).await, first, "{body}");
    }
    refused(api.put(&admin, CONFIG, &json!({ "version": 1 })), 409, "VERSION_CONFLICT").await;
}

#[tokio::test]
async fn wrong_settings_are_named() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    for (field, value) in [
        ("kind", json!("telepathy")),
        ("kind", json!("compreface")),
        ("endpoint", json!("ftp://provider/")),
        ("endpoint", json!("http://169.254.169.254/latest")),
        ("endpoint", json!("http://user:password@provider/")),
        ("endpoint", json!("provider")),
        ("minConfidence", json!(101)),
        ("timeoutMs", json!(10)),
        ("apiKey", json!("a b")),
        ("apiKey", json!("x".repeat(501))),
    ] {
        let answer =
            refused(api.put(&admin, CONFIG, &json!({ field: value })), 422, "VALIDATION_ERROR").await;
        assert_eq!(answer["error"]["details"][0]["field"], field, "{answer}");
    }
    let operator = api.user(OPERATOR).await;
    refused(api.put(&operator, CONFIG, &json!({ "enabled": false })), 403, "FORBIDDEN").await;
    assert_eq!(stored(&api).await.version, 1);
}

#[tokio::test]
async fn another_kind_brings_its_own_threshold() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let default = recognition::kind_named("http").unwrap().default_min_confidence();
    let changed = api.set(&admin, CONFIG, &json!({ "kind": "http" })).await;
    assert_eq!((&changed["kind"], changed["minConfidence"].as_f64()), (&json!("http"), Some(default)));
    let chosen = api.set(&admin, CONFIG, &json!({ "kind": "rollcall", "minConfidence": 61.5 })).await;
    assert_eq!(chosen["minConfidence"], 61.5);
}

#[tokio::test]
async fn the_provider_is_asked_now_with_its_key() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let there =
        provider(Answer::Json(json!({ "status": "ok", "model": "m", "people": 0, "version": "1" }))).await;
    api.set(&admin, CONFIG, &json!({ "endpoint": there.url(), "apiKey": "the-key" })).await;
    let (status, body) = read(api.request(Method::POST, TEST).bearer_auth(&admin.token)).await;
    assert_eq!((status, &body["data"]["status"]), (StatusCode::OK, &json!("connected")), "{body}");
    assert!(body["data"]["latencyMs"].is_u64() && body["data"]["message"].is_string(), "{body}");
    let asked = there.requests();
    assert!(!asked.is_empty() && asked.iter().any(|request| request.line.contains("/health")), "{asked:?}");
    assert_eq!(stored(&api).await.status, detection_provider_config::Status::Offline);
}

#[tokio::test]
async fn a_provider_that_does_not_answer_well_is_an_answer_with_the_reason() {
    let api = Api::start().await;
    let admin = api.user(ADMIN).await;
    let something_else = Answer::Json(json!({ "message": "Welcome" }));
    for answer in
        [Answer::Status(500), Answer::Close, Answer::Hang, Answer::Garbage(b"<html>".into()), something_else]
    {
        let there = provider(answer).await;
        api.set(&admin, CONFIG, &json!({ "endpoint": there.url(), "timeoutMs": 300 })).await;
        let (status, body) = read(api.request(Method::POST, TEST).bearer_auth(&admin.token)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert!(["degraded", "offline"].contains(&body["data"]["status"].as_str().unwrap()), "{body}");
        assert!(!body["data"]["message"].as_str().unwrap().is_empty());
    }
}

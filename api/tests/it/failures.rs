//! Every failure is the error envelope with the request id, whoever raised it, and bad input is never a 5xx.

use std::time::Duration;

use futures_util::stream;
use reqwest::{Body, Method, StatusCode};
use serde_json::{Value, json};
use testkit::Instance;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{Api, VIEWER, read, refused};

const LOGIN: &str = "/api/v1/auth/login";

fn raw(api: &Api, body: impl Into<Body>) -> reqwest::RequestBuilder {
    api.request(Method::POST, LOGIN).header("content-type", "application/json").body(body)
}

#[tokio::test]
async fn paths_methods_and_content_types_that_do_not_exist_are_envelopes() {
    let api = Api::start().await;
    refused(api.get("/nothing"), 404, "NOT_FOUND").await;
    refused(api.get("/api/v1/nothing/here"), 404, "NOT_FOUND").await;
    refused(api.get("/api/v1/../../etc/passwd%2f.."), 404, "NOT_FOUND").await;
    let wrong = api.request(Method::PUT, LOGIN).send().await.unwrap();
    assert_eq!(wrong.headers()["allow"], "POST");
    refused(api.request(Method::DELETE, "/api/v1/auth/me"), 405, "METHOD_NOT_ALLOWED").await;
    refused(api.request(Method::POST, "/health/live"), 405, "METHOD_NOT_ALLOWED").await;
    refused(api.request(Method::POST, LOGIN).body("a=b"), 415, "UNSUPPORTED_MEDIA_TYPE").await;
    let form = api
        .request(Method::POST, LOGIN)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("a=b");
    refused(form, 415, "UNSUPPORTED_MEDIA_TYPE").await;
    let zipped = raw(&api, "x").header("content-encoding", "gzip");
    refused(zipped, 415, "UNSUPPORTED_MEDIA_TYPE").await;
}

#[tokio::test]
async fn malformed_deep_and_huge_json_is_a_bad_request() {
    let api = Api::start().await;
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let lone_surrogate = r#"{"username":"\ud800","password":"x"}"#;
    let huge = r#"{"username":"a","password":1e999}"#;
    for body in ["", "{", "nonsense", &deep, lone_surrogate, huge, "\u{feff}{}"] {
        refused(raw(&api, body.to_owned()), 400, "BAD_REQUEST").await;
    }
    refused(raw(&api, vec![0x7b, 0xff, 0xfe, 0x7d]), 400, "BAD_REQUEST").await;
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let api = Api::start().await;
    let long = "x".repeat(300);
    let body =
        refused(raw(&api, json!({ "username": long, "email": "" }).to_string()), 422, "VALIDATION_ERROR")
            .await;
    let details = body["error"]["details"].as_array().unwrap();
    let fields: Vec<&str> = details.iter().map(|d| d["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["password", "username", "email"], "{body}");
    assert!(details.iter().all(|detail| !detail["issue"].as_str().unwrap().is_empty()));

    let wrong_type =
        refused(raw(&api, r#"{"username":["a"],"password":"x"}"#), 422, "VALIDATION_ERROR").await;
    assert_eq!(wrong_type["error"]["details"][0]["field"], "username", "{wrong_type}");
    let no_object = refused(raw(&api, "[]"), 422, "VALIDATION_ERROR").await;
    assert_eq!(no_object["error"]["details"][0]["field"], "body", "{no_object}");
}

#[tokio::test]
async fn nul_characters_are_refused_by_name_wherever_they_come() {
    let api = Api::start().await;
    let body =
        refused(raw(&api, "{\"username\":\"a\\u0000b\",\"password\":\"x\"}"), 422, "VALIDATION_ERROR").await;
    assert_eq!(body["error"]["details"][0]["field"], "username");
    let query = refused(api.get("/api/v1/roles?search=a%00b"), 422, "VALIDATION_ERROR").await;
    assert_eq!(query["error"]["details"][0]["field"], "search");
    refused(api.get("/api/v1/%00"), 422, "VALIDATION_ERROR").await;
    let user = api.user(VIEWER).await;
    for path in ["/api/v1/roles?x=%00", "/api/v1/%00", "/api/v1/roles?x=%ff%fe", "/api/v1/%ff"] {
        let status = api.get(path).bearer_auth(&user.token).send().await.unwrap().status();
        assert!(!status.is_server_error(), "{path}: {status}");
    }
}

#[tokio::test]
async fn bodies_beyond_the_limit_are_refused_with_or_without_a_length() {
    let api = Api::start().await;
    let large = vec![b' '; 2 << 20];
    refused(raw(&api, large.clone()), 413, "PAYLOAD_TOO_LARGE").await;
    let chunks =
        large.chunks(64 << 10).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>();
    refused(raw(&api, Body::wrap_stream(stream::iter(chunks))), 413, "PAYLOAD_TOO_LARGE").await;
}

#[tokio::test]
async fn a_request_id_is_taken_over_when_it_is_a_uuid_and_made_otherwise() {
    let api = Api::start().await;
    let own = "0b7d2c7e-8f0e-4c1c-9f43-0123456789ab";
    let given = api.get("/health/live").header("x-request-id", own).send().await.unwrap();
    assert_eq!(given.headers()["x-request-id"], own);
    for odd in ["", "x", "../../etc", "1 2"] {
        let made = api.get("/health/live").header("x-request-id", odd).send().await.unwrap();
        let id = made.headers()["x-request-id"].to_str().unwrap();
        assert!(id.parse::<uuid::Uuid>().is_ok() && id != odd, "{id}");
    }
}

#[tokio::test]
async fn rubbish_instead_of_http_harms_nobody() {
    let api = Api::start().await;
    for rubbish in [&b"\x16\x03\x01\x02\x00"[..], b"GET / HTTP/9.9\r\n\r\n", b"\0\0\0\0\0\0\0\0\r\n\r\n"] {
        let mut socket = TcpStream::connect(api.address).await.unwrap();
        socket.write_all(rubbish).await.unwrap();
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(1), socket.read_to_end(&mut answer)).await;
        assert!(!answer.starts_with(b"HTTP/1.1 5"), "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(read(api.get("/health/live")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn without_the_database_calls_are_unavailable_and_say_when_to_come_back() {
    let instance = Instance::start();
    let url = format!("{}_away", instance.database_url());
    let api = Api::with(&[("DATABASE_URL", &url)]).await;
    let body = json!({ "username": "a@example.org", "password": "some password" });
    let response = api.post(LOGIN, &body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key("retry-after"));
    let body: Value = response.json().await.unwrap();
    assert_eq!(
        (&body["error"]["code"], &body["error"]["details"]["part"]),
        (&json!("UNAVAILABLE"), &json!("database"))
    );
    assert!(!body.to_string().contains("_away"), "{body}");
}

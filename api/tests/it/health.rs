//! Liveness and readiness.

use reqwest::StatusCode;
use serde_json::json;
use testkit::Instance;

use crate::support::{Api, read};

#[tokio::test]
async fn with_everything_up_the_api_is_ready_at_the_root_and_under_the_base_path() {
    let api = Api::start().await;
    for path in ["/health/ready", "/health", "/api/v1/health/ready", "/api/v1/health"] {
        let (status, body) = read(api.get(path)).await;
        assert_eq!((status, &body["data"]["status"]), (StatusCode::OK, &json!("ready")), "{path}");
    }
    for path in ["/health/live", "/api/v1/health/live"] {
        assert_eq!(read(api.get(path)).await.1["data"]["status"], "alive", "{path}");
    }
}

#[tokio::test]
async fn without_redis_or_storage_it_is_degraded_and_names_the_part() {
    for (variable, value, part) in
        [("REDIS_URL", "redis://127.0.0.1:1", "redis"), ("S3_ENDPOINT", "http://127.0.0.1:1", "storage")]
    {
        let api = Api::with(&[(variable, value)]).await;
        let (status, body) = read(api.get("/health/ready")).await;
        assert_eq!((status, &body["data"]["status"]), (StatusCode::OK, &json!("degraded")), "{part}");
        assert_eq!(
            (&body["data"]["parts"][part], &body["data"]["parts"]["database"]),
            (&json!("down"), &json!("up"))
        );
    }
}

#[tokio::test]
async fn without_the_database_it_lives_and_is_not_ready() {
    let instance = Instance::start();
    let url = format!("{}_away", instance.database_url());
    let api = Api::with(&[("DATABASE_URL", &url)]).await;
    assert_eq!(read(api.get("/health/live")).await.0, StatusCode::OK);
    let (status, body) = read(api.get("/health/ready")).await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("UNAVAILABLE")));
}

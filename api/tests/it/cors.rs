//! Which origins may read our answers.

use reqwest::{Method, StatusCode};

use crate::support::Api;

const OURS: &str = "http://localhost:5173";

#[tokio::test]
async fn an_allowed_origin_may_read_answers_and_failures() {
    let api = Api::start().await;
    for path in ["/health/live", "/api/v1/auth/me", "/nothing"] {
        let answer = api.get(path).header("origin", OURS).send().await.unwrap();
        assert_eq!(answer.headers()["access-control-allow-origin"], OURS, "{path}");
        let exposed = answer.headers()["access-control-expose-headers"].to_str().unwrap();
        assert!(exposed.contains("X-Request-Id") && exposed.contains("ETag"), "{exposed}");
        assert!(answer.headers().get_all("vary").iter().any(|vary| vary == "Origin"));
    }
}

#[tokio::test]
async fn a_preflight_is_answered_for_allowed_origins_only() {
    let api = Api::start().await;
    for (origin, allowed) in [(OURS, true), ("https://evil.example", false), ("null", false)] {
        let preflight = api
            .request(Method::OPTIONS, "/api/v1/auth/login")
            .header("origin", origin)
            .header("access-control-request-method", "POST");
        let answer = preflight.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert_eq!(answer.headers().contains_key("access-control-allow-origin"), allowed, "{origin}");
        assert_eq!(answer.headers().contains_key("access-control-allow-methods"), allowed, "{origin}");
    }
}

//! What the API says about itself: the checked-in OpenAPI document, the page that shows it, the metrics.

use std::{env, fs, path::Path};

use crate::support::{Api, refused};

#[tokio::test]
async fn the_checked_in_document_is_the_one_that_is_served() {
    let api = Api::start().await;
    let served = api.get("/openapi.json").send().await.unwrap().text().await.unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi.json");
    if env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(&golden, &served).unwrap();
    }
    let kept = fs::read_to_string(&golden).unwrap_or_default();
    assert!(
        kept == served,
        "the contract changed: UPDATE_OPENAPI=1 cargo test -p api writes openapi.json anew"
    );
}

#[tokio::test]
async fn the_page_needs_no_foreign_host_and_its_policy_forbids_any() {
    let api = Api::start().await;
    let page = api.get("/docs").send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("'sha256-"), "{policy}");
    assert!(!policy.contains("http"), "{policy}");
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    let html = page.text().await.unwrap();
    assert!(html.contains("x-permission") && html.contains("SwaggerUIBundle"));
    assert!(!html.contains("<script src") && !html.contains("<link "), "the page loads something");
}

#[tokio::test]
async fn metrics_name_routes_by_their_template_and_unknown_paths_alike() {
    let api = Api::start().await;
    api.get("/api/v1/auth/me").send().await.unwrap();
    api.get("/wp-admin/setup.php").send().await.unwrap();
    let text = api.get("/metrics").send().await.unwrap().text().await.unwrap();
    let name = "rollcall_http_request_duration_seconds";
    assert!(text.contains(&format!("{name}_count{{route=\"/api/v1/auth/me\",status=\"401\"}}")), "{text}");
    assert!(text.contains("route=\"none\",status=\"404\"") && !text.contains("wp-admin"), "{text}");
}

#[tokio::test]
async fn metrics_are_for_the_named_addresses_only() {
    let api = Api::with(&[("METRICS_ALLOW", "192.0.2.0/24")]).await;
    refused(api.get("/metrics"), 403, "FORBIDDEN").await;
}

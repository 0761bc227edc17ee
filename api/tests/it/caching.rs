//! ETags and compression.

use reqwest::StatusCode;

use crate::support::{Api, VIEWER};

#[tokio::test]
async fn a_polled_list_that_has_not_changed_is_answered_with_304() {
    let api = Api::start().await;
    let user = api.user(VIEWER).await;
    let roles = || api.get("/api/v1/roles").bearer_auth(&user.token);
    let first = roles().send().await.unwrap();
    let etag = first.headers()["etag"].clone();
    assert_eq!(first.status(), StatusCode::OK);
    assert_eq!(first.json::<serde_json::Value>().await.unwrap()["data"].as_array().unwrap().len(), 3);

    let again = roles().header("if-none-match", &etag).send().await.unwrap();
    assert_eq!((again.status(), &again.headers()["etag"]), (StatusCode::NOT_MODIFIED, &etag));
    assert_eq!(again.text().await.unwrap(), "");
    let other = roles().header("if-none-match", "\"other\"").send().await.unwrap();
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test]
async fn large_answers_are_compressed_as_the_client_likes_and_small_ones_never() {
    let api = Api::start().await;
    let plain = api.get("/openapi.json").send().await.unwrap().bytes().await.unwrap();
    let magic: [(&str, &[u8]); 3] =
        [("gzip", &[0x1f, 0x8b]), ("zstd", &[0x28, 0xb5, 0x2f, 0xfd]), ("br", &[])];
    for (coding, start) in magic {
        let answer = api.get("/openapi.json").header("accept-encoding", coding).send().await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], coding);
        assert!(answer.headers().get_all("vary").iter().any(|vary| vary == "Accept-Encoding"));
        let bytes = answer.bytes().await.unwrap();
        assert!(bytes.len() < plain.len() / 2 && bytes.starts_with(start), "{coding}: {} bytes", bytes.len());
    }
    for (path, accept) in [("/openapi.json", "identity"), ("/health/live", "gzip")] {
        let answer = api.get(path).header("accept-encoding", accept).send().await.unwrap();
        assert!(!answer.headers().contains_key("content-encoding"), "{path}");
    }
}

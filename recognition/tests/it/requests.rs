//! What each kind sends.

use crate::provider::{Answer, Provider, client, look};

#[tokio::test]
async fn kind_rollcall_sends_the_picture_as_the_body() {
    let provider = Provider::start(Answer::nobody()).await;
    look(&*client(&provider.config("rollcall"))).await.unwrap();
    let request = provider.requests().remove(0);
    assert!(request.starts_with("POST /detect?cameraId=CAM-01 HTTP/1.1\r\n"), "{request}");
    assert!(
        request.contains("content-type: image/jpeg\r\n") && request.ends_with("\r\n\r\nJPEG-BYTES"),
        "{request}"
    );
}

#[tokio::test]
async fn kind_http_sends_a_form_and_the_key() {
    let provider = Provider::start(Answer::nobody()).await;
    let mut config = provider.config("http");
    config.endpoint += "/v2/look?tenant=7";
    look(&*client(&config)).await.unwrap();
    let request = provider.requests().remove(0);
    assert!(request.starts_with("POST /v2/look?tenant=7 HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: Bearer k3y\r\n"), "{request}");
    assert!(request.contains(
        "name=\"image\"; filename=\"frame.jpg\"\r\nContent-Type: image/jpeg\r\n\r\nJPEG-BYTES\r\n"
    ));
    assert!(request.contains("name=\"cameraId\"\r\n\r\nCAM-01\r\n"), "{request}");
}

#[tokio::test]
async fn the_endpoints_own_path_is_kept() {
    let provider = Provider::start(Answer::ok("{}")).await;
    let mut config = provider.config("rollcall");
    config.endpoint += "/faces/";
    client(&config).health().await.unwrap_err();
    assert!(provider.requests()[0].starts_with("GET /faces/health HTTP/1.1\r\n"));
}

#[tokio::test]
async fn calls_in_flight_are_bounded() {
    let late = Answer::Late(std::time::Duration::from_millis(30), r#"{"detections":[]}"#.into());
    let provider = Provider::start(late).await;
    let client = client(&provider.config("rollcall"));
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let client = client.clone();
        calls.spawn(async move { look(&*client).await });
    }
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    assert!((2..=8).contains(&provider.most_at_once()), "{}", provider.most_at_once());
}

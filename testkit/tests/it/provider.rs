//! The stand-in for a recogniser.

use std::time::Duration;

use testkit::provider::{Answer, provider};

#[tokio::test]
async fn it_answers_its_script_first_and_then_as_always() {
    let stand_in = provider(Answer::nobody()).await;
    stand_in.answer_next([Answer::Status(500), Answer::Garbage(b"no json".to_vec())]);
    let ask = async || reqwest::Client::new().post(stand_in.url()).body("a picture").send().await.unwrap();
    assert_eq!(ask().await.status(), 500);
    assert_eq!(ask().await.text().await.unwrap(), "no json");
    assert_eq!(ask().await.json::<serde_json::Value>().await.unwrap()["width"], 1280);
    assert_eq!(stand_in.requests().len(), 3);
}

#[tokio::test]
async fn it_tells_what_it_was_asked() {
    let stand_in = provider(Answer::nobody()).await;
    let url = format!("{}/detect?cameraId=1", stand_in.url());
    reqwest::Client::new()
        .post(url)
        .header("authorization", "Bearer key")
        .body("a picture")
        .send()
        .await
        .unwrap();
    let seen = &stand_in.requests()[0];
    assert_eq!(seen.line, "POST /detect?cameraId=1");
    assert_eq!(seen.header("authorization"), Some("Bearer key"));
    assert_eq!(seen.body, b"a picture");
}

#[tokio::test]
async fn a_hanging_one_never_answers() {
    let stand_in = provider(Answer::Hang).await;
    let client = reqwest::Client::builder().timeout(Duration::from_millis(300)).build().unwrap();
    assert!(client.get(stand_in.url()).send().await.unwrap_err().is_timeout());
}

use std::time::Duration;

use reqwest::{Body, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{Provider, refusal};
use crate::{cache, pictures};

/// One byte more than two pictures and their form may have.
const TOO_LONG: usize = 2 * 10 * 1024 * 1024 + 64 * 1024 + 1;

#[tokio::test]
async fn rubbish_gets_an_error_of_the_callers_and_never_one_of_ours() {
    let provider = Provider::start().await;
    let truncated = cache::portrait("astronaut.png")[..5_000].to_vec();
    let cases = [
        (Vec::new(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (b"<html>not a picture</html>".to_vec(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (b"GIF89a\x01\0\x01\0".to_vec(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (vec![0xff, 0xd8, 0xff, 0xe0], StatusCode::UNPROCESSABLE_ENTITY),
        (truncated, StatusCode::UNPROCESSABLE_ENTITY),
        (pictures::bomb(), StatusCode::PAYLOAD_TOO_LARGE),
        (vec![0xff; 10 * 1024 * 1024 + 1], StatusCode::PAYLOAD_TOO_LARGE),
    ];
    for (body, status) in cases {
        for path in ["/detect", "/encode"] {
            refusal(provider.post(path, body.clone()), status).await;
        }
    }
}

#[tokio::test]
async fn a_malformed_form_is_refused() {
    let provider = Provider::start().await;
    let post =
        |kind, body| provider.client.post(provider.url("/detect")).header("content-type", kind).body(body);
    refusal(post("multipart/form-data", "x"), StatusCode::BAD_REQUEST).await;
    refusal(post("multipart/form-data; boundary=b", "--b\r\nrubbish"), StatusCode::BAD_REQUEST).await;
    refusal(post("multipart/form-data; boundary=b", "--b--\r\n"), StatusCode::BAD_REQUEST).await;
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_get_json_errors_too() {
    let provider = Provider::start().await;
    let get = |path| provider.client.get(provider.url(path));
    assert_eq!(refusal(get("/nowhere"), StatusCode::NOT_FOUND).await.0, "NOT_FOUND");
    assert_eq!(refusal(get("/detect"), StatusCode::METHOD_NOT_ALLOWED).await.0, "METHOD_NOT_ALLOWED");
    for (path, methods) in
        [("/detect", "POST"), ("/people/x", "PUT, DELETE"), ("/people/x/images/y", "DELETE")]
    {
        assert_eq!(get(path).send().await.unwrap().headers()["allow"], methods, "{path}");
    }
    refusal(get("/people?limit=many"), StatusCode::BAD_REQUEST).await;
}

#[tokio::test]
async fn a_body_without_a_length_is_limited_all_the_same() {
    let provider = Provider::start().await;
    let chunks = std::iter::once(Ok::<_, std::io::Error>(vec![0; TOO_LONG]));
    let body = Body::wrap_stream(futures_util::stream::iter(chunks));
    let request = provider.client.post(provider.url("/detect")).body(body);
    assert_eq!(refusal(request, StatusCode::PAYLOAD_TOO_LARGE).await.0, "TOO_LARGE");
}

#[tokio::test]
async fn who_comes_while_the_house_is_full_is_told_when_to_come_back() {
    let provider = Provider::with_settings(&[("PROVIDER_MAX_IN_FLIGHT", "1")]).await;
    // A caller who has announced a picture and does not send it.
    let mut slow = TcpStream::connect(provider.address).await.unwrap();
    slow.write_all(b"POST /detect HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n").await.unwrap();
    let picture = cache::portrait("astronaut.png");
    let turned_away = loop {
        let response = provider.post("/detect", picture.clone()).send().await.unwrap();
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            break response;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(turned_away.headers()["retry-after"], "1");
    slow.write_all(&[0; 100]).await.unwrap();
    slow.read_u8().await.unwrap();
    assert_eq!(provider.detect(picture).await.len(), 1);
}

#[tokio::test]
async fn with_a_key_only_those_who_show_it_are_served() {
    let provider = Provider::with_settings(&[("PROVIDER_API_KEY", "correct horse battery")]).await;
    let list = || provider.client.get(provider.url("/people"));
    for request in [list(), list().bearer_auth("correct horse batterx"), list().bearer_auth("")] {
        assert_eq!(refusal(request, StatusCode::UNAUTHORIZED).await.0, "UNAUTHORIZED");
    }
    let answer = list().bearer_auth("correct horse battery").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let health = provider.client.get(provider.url("/health")).send().await.unwrap();
    assert_eq!(health.status(), StatusCode::OK, "monitoring needs no key");
}

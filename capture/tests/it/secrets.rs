//! No error tells a camera's password, in whatever form it is printed.

use std::error::Error;

use capture::{CaptureError, Source, StreamType};

use crate::cameras::{Answer, HttpCamera, frame, locked_rtsp, rtsp};

/// Everything that a log or an answer could print of an error.
fn everything(error: &CaptureError) -> String {
    let mut text = format!("{error} {error:?}");
    let mut next = error.source();
    while let Some(cause) = next {
        text += &format!(" {cause} {cause:?}");
        next = cause.source();
    }
    text
}

#[tokio::test]
async fn no_failure_prints_the_password() {
    let page = HttpCamera::start(Answer::ok("text/html", b"<html>")).await;
    let broken =
        HttpCamera::start(Answer::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".to_vec())).await;
    for (stream_type, url) in [
        (StreamType::Rtsp, format!("{}?password=hunter2", locked_rtsp("viewer:hunter2@"))),
        (StreamType::Rtsp, rtsp("hunter2?password=hunter2")),
        (StreamType::Rtsp, "rtsp://viewer:hunter2@127.0.0.1:1/hunter2".into()),
        (StreamType::Rtsp, "rtsp://viewer:hunter2@169.254.1.1/hunter2".into()),
        (StreamType::Rtsp, "rtsp://viewer:hunter2@h o s t/hunter2".into()),
        (StreamType::Http, "http://viewer:hunter2@127.0.0.1:1/?password=hunter2".into()),
        (StreamType::Http, "http://viewer:hunter2@no-such-camera.invalid/?password=hunter2".into()),
        (StreamType::Http, "ftp://viewer:hunter2@camera/".into()),
        (StreamType::Http, page.url_as("viewer:hunter2", "?password=hunter2")),
        (StreamType::Http, broken.url_as("viewer:hunter2", "?password=hunter2")),
    ] {
        let text = everything(&frame(stream_type, &url).await.unwrap_err());
        assert!(!text.contains("hunter2"), "{text}");
        let source = Source::parse(stream_type, &url);
        assert!(!format!("{source:?}").contains("hunter2"), "{source:?}");
    }
}

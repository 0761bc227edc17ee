//! RTSP: a real server, and servers that only pretend.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use capture::{CaptureError, Demand, Source, StreamType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::cameras::{
    PASSWORD_IN_URL, assert_whole, capturer, frame, impatient, locked_rtsp, rtsp, settings,
};

async fn from(url: &str) -> Result<capture::Frame, CaptureError> {
    frame(StreamType::Rtsp, url).await
}

#[tokio::test]
async fn a_whole_picture_comes_out_of_a_stream() {
    assert_whole(&from(&rtsp("cam")).await.unwrap(), 640, 360);
}

#[tokio::test]
async fn credentials_of_any_characters_open_a_locked_stream() {
    let url = locked_rtsp(&format!("viewer:{PASSWORD_IN_URL}@"));
    assert_whole(&from(&url).await.unwrap(), 640, 360);
}

#[tokio::test]
async fn wrong_or_missing_credentials_are_unauthorised() {
    for url in [locked_rtsp("viewer:wrong@"), locked_rtsp("")] {
        let error = from(&url).await.unwrap_err();
        assert!(matches!(error, CaptureError::Unauthorised) && !error.is_transient(), "{error:?}");
    }
}

#[tokio::test]
async fn a_stream_that_the_camera_does_not_know_is_no_video() {
    let error = from(&rtsp("nothing")).await.unwrap_err();
    assert!(matches!(error, CaptureError::NoVideo(_)), "{error:?}");
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_name_are_unreachable() {
    for url in ["rtsp://127.0.0.1:1/cam", "rtsp://no-such-camera.invalid/cam"] {
        let error = from(url).await.unwrap_err();
        assert!(matches!(error, CaptureError::Unreachable { .. }) && error.is_transient(), "{error:?}");
    }
}

/// FFmpeg calls such a silence invalid data, but no video at all would be the end of the job.
#[tokio::test]
async fn a_camera_that_takes_the_connection_and_says_nothing_is_unreachable() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = from(&format!("rtsp://{}/cam", silent.local_addr().unwrap())).await.unwrap_err();
    assert!(matches!(error, CaptureError::Unreachable { .. }) && error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn link_local_addresses_are_refused_in_any_disguise() {
    for host in
        ["169.254.169.254", "[::ffff:169.254.169.254]", "0xa9fea9fe", "[fe80::1]", "0.0.0.0", "224.0.0.1"]
    {
        let error = from(&format!("rtsp://{host}/cam")).await.unwrap_err();
        assert!(matches!(error, CaptureError::Refused(_)) && !error.is_transient(), "{host}: {error:?}");
    }
}

#[tokio::test]
async fn a_server_that_takes_the_connection_and_says_nothing_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let source =
        Source::parse(StreamType::Rtsp, &format!("rtsp://{}/cam", listener.local_addr().unwrap())).unwrap();
    let asked = Instant::now();
    let error = impatient().frame(&source, Demand::Once).await.unwrap_err();
    assert!(matches!(error, CaptureError::TimedOut { .. }) && error.is_transient(), "{error:?}");
    assert!(asked.elapsed() < Duration::from_millis(900));
}

/// Answers whatever it is asked with the same head, and counts who connects.
async fn rtsp_server(answer: String) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut request = [0; 4096];
                while socket.read(&mut request).await.is_ok_and(|length| length > 0) {
                    let _ = socket.write_all(answer.as_bytes()).await;
                }
            });
        }
    });
    (port, connections)
}

#[tokio::test]
async fn a_redirect_by_rtsp_is_not_followed() {
    let (target, visitors) = rtsp_server("RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n".into()).await;
    let moved = format!("RTSP/1.0 302 Moved\r\nCSeq: 1\r\nLocation: rtsp://127.0.0.1:{target}/cam\r\n\r\n");
    let (camera, _) = rtsp_server(moved).await;
    let error = from(&format!("rtsp://127.0.0.1:{camera}/cam")).await.unwrap_err();
    assert!(matches!(error, CaptureError::NoVideo(text) if text.contains("redirects")), "{error:?}");
    assert_eq!(visitors.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_probe_tells_codec_size_and_rate() {
    let source = Source::parse(StreamType::Rtsp, &rtsp("cam")).unwrap();
    let probe = capturer(settings()).probe(&source).await.unwrap();
    assert_eq!((probe.codec.as_deref(), probe.resolution), (Some("h264"), Some((640, 360))));
    assert!((8.0..12.5).contains(&probe.fps.unwrap()) && probe.bitrate_kbps.unwrap() > 10, "{probe:?}");
}

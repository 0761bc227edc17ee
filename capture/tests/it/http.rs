//! HTTP cameras that behave, and those that do not.

use std::time::{Duration, Instant};

use capture::{CaptureError, CaptureSettings, Demand, Source, StreamType};

use crate::cameras::{Answer, HttpCamera, assert_whole, capturer, frame, impatient, media, settings};

fn still() -> Vec<u8> {
    std::fs::read(media().join("still.jpg")).unwrap()
}

async fn taken_from(answer: Answer) -> Result<capture::Frame, CaptureError> {
    frame(StreamType::Http, &HttpCamera::start(answer).await.url("cam")).await
}

async fn in_a_hurry(answer: Answer) -> Result<capture::Frame, CaptureError> {
    let camera = HttpCamera::start(answer).await;
    let source = Source::parse(StreamType::Http, &camera.url("cam")).unwrap();
    impatient().frame(&source, Demand::Once).await
}

/// An endless MJPEG stream whose parts are cut otherwise than its type says, as cameras do.
fn mjpeg() -> Answer {
    let part = [b"--frame\r\nContent-Type: image/jpeg\r\n\r\n", &still()[..], b"\r\n"].concat();
    Answer::Flood(
        [b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=other\r\n\r\n", &part[..]]
            .concat(),
    )
}

#[tokio::test]
async fn a_snapshot_is_handed_on_byte_for_byte() {
    let taken = taken_from(Answer::ok("text/plain", &still())).await.unwrap();
    assert_whole(&taken, 64, 48);
    assert_eq!(taken.jpeg, still());
}

#[tokio::test]
async fn one_picture_of_an_mjpeg_stream_is_taken() {
    let taken = taken_from(mjpeg()).await.unwrap();
    assert_eq!(taken.jpeg, still());
}

#[tokio::test]
async fn a_redirect_to_another_path_is_followed() {
    let camera = HttpCamera::start(Answer::ok("image/jpeg", &still())).await;
    assert_whole(&taken_from(Answer::redirect(&camera.url("there"))).await.unwrap(), 64, 48);
}

#[tokio::test]
async fn a_redirect_to_a_metadata_address_is_refused() {
    let error = taken_from(Answer::redirect("http://169.254.169.254/latest/meta-data/")).await.unwrap_err();
    assert!(matches!(error, CaptureError::Refused(_)) && !error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn a_redirect_to_a_file_is_not_followed() {
    let error = taken_from(Answer::redirect("file:///etc/hostname")).await.unwrap_err();
    assert!(matches!(error, CaptureError::NoVideo(_)), "{error:?}");
}

#[tokio::test]
async fn pages_and_playlists_are_no_video() {
    let page = format!("<html>{}</html>", "x".repeat(200_000));
    for (kind, body) in
        [("image/jpeg", "#EXTM3U\nfile:///etc/hostname\n"), ("text/html", page.as_str()), ("image/jpeg", "")]
    {
        let error = taken_from(Answer::ok(kind, body.as_bytes())).await.unwrap_err();
        assert!(matches!(error, CaptureError::NoVideo(_)), "{kind}: {error:?}");
    }
}

#[tokio::test]
async fn a_camera_that_hangs_or_drips_is_given_up_in_time() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
    let begun = [head, &still()[..200]].concat();
    for answer in [Answer::Hang, Answer::Drip(head.to_vec()), Answer::Drip(begun)] {
        let asked = Instant::now();
        let error = in_a_hurry(answer).await.unwrap_err();
        assert!(matches!(error, CaptureError::TimedOut { .. }) && error.is_transient(), "{error:?}");
        assert!(asked.elapsed() < Duration::from_millis(900));
    }
}

#[tokio::test]
async fn an_endless_picture_is_too_large() {
    let endless = [b"HTTP/1.1 200 OK\r\n\r\n", &still()[..still().len() - 2], &vec![7; 300_000]].concat();
    let camera = HttpCamera::start(Answer::Bytes(endless)).await;
    let source = Source::parse(StreamType::Http, &camera.url("cam")).unwrap();
    let answer =
        capturer(CaptureSettings { max_bytes: 100_000, ..settings() }).frame(&source, Demand::Once).await;
    assert!(matches!(answer, Err(CaptureError::TooLarge { limit: 100_000 })), "{answer:?}");
}

#[tokio::test]
async fn a_small_picture_that_claims_to_be_huge_is_refused_by_capture_and_probe() {
    let mut picture = still();
    let header = picture.windows(2).position(|two| two == [0xFF, 0xC0]).unwrap();
    picture[header + 5..header + 9].fill(0xFF);
    let camera = HttpCamera::start(Answer::Bytes([b"HTTP/1.1 200 OK\r\n\r\n", &picture[..]].concat())).await;
    let source = Source::parse(StreamType::Http, &camera.url("cam")).unwrap();
    let capturer = capturer(settings());
    let (taken, probed) = (capturer.frame(&source, Demand::Once).await, capturer.probe(&source).await);
    assert!(matches!(taken, Err(CaptureError::TooManyPixels)), "{taken:?}");
    assert!(matches!(probed, Err(CaptureError::TooManyPixels)), "{probed:?}");
}

#[tokio::test]
async fn a_picture_that_breaks_off_may_be_tried_again() {
    let cut = [b"HTTP/1.1 200 OK\r\n\r\n", &still()[..300]].concat();
    let error = taken_from(Answer::Bytes(cut)).await.unwrap_err();
    assert!(matches!(error, CaptureError::Broken(_)) && error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn a_status_that_is_no_success_is_told() {
    let missing = Answer::Bytes(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec());
    assert!(matches!(taken_from(missing).await, Err(CaptureError::Status(404))));
}

#[tokio::test]
async fn nobody_at_home_is_unreachable() {
    let error = frame(StreamType::Http, "http://127.0.0.1:1/snap.jpg").await.unwrap_err();
    assert!(matches!(error, CaptureError::Unreachable { .. }) && error.is_transient(), "{error:?}");
}

fn locked(challenge: &str) -> Answer {
    let refusal = format!(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    let picture =
        [format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", still().len()).as_bytes(), &still()]
            .concat();
    Answer::Locked(refusal.into_bytes(), picture)
}

#[tokio::test]
async fn credentials_are_sent_when_the_camera_asks_for_them() {
    let camera = HttpCamera::start(locked("Basic realm=\"camera\"")).await;
    assert_whole(&frame(StreamType::Http, &camera.url_as("admin:p%40ss", "snap")).await.unwrap(), 64, 48);
    let requests = camera.requests();
    assert!(!requests[0].contains("authorization"), "{requests:?}");
    assert!(requests[1].contains("authorization: basic ywrtaw46cebzcw=="), "{requests:?}");
}

#[tokio::test]
async fn a_digest_camera_never_sees_the_password() {
    let camera = HttpCamera::start(locked("Digest realm=\"camera\", nonce=\"abc\", qop=\"auth\"")).await;
    assert_whole(
        &frame(StreamType::Http, &camera.url_as("admin:hunter2", "snap?channel=1")).await.unwrap(),
        64,
        48,
    );
    let requests = camera.requests().concat();
    assert!(
        requests.contains("authorization: digest username=\"admin\"")
            && requests.contains("uri=\"/snap?channel=1\"")
    );
    assert!(!requests.contains("hunter2"));
}

#[tokio::test]
async fn a_camera_that_wants_credentials_and_gets_none_is_unauthorised() {
    let camera = HttpCamera::start(locked("Digest realm=\"camera\", nonce=\"abc\"")).await;
    let error = frame(StreamType::Http, &camera.url("snap")).await.unwrap_err();
    assert!(matches!(error, CaptureError::Unauthorised) && !error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn credentials_are_not_sent_to_where_a_camera_redirects() {
    let thief = HttpCamera::start(locked("Basic realm=\"camera\"")).await;
    let camera = HttpCamera::start(Answer::redirect(&thief.url("snap"))).await;
    let error = frame(StreamType::Http, &camera.url_as("admin:hunter2", "snap")).await.unwrap_err();
    assert!(matches!(error, CaptureError::Unauthorised), "{error:?}");
    assert!(thief.requests().iter().all(|request| !request.contains("authorization")));
}

#[tokio::test]
async fn a_probe_measures_an_mjpeg_stream_and_a_snapshot() {
    let camera = HttpCamera::start(mjpeg()).await;
    let probe = capturer(settings())
        .probe(&Source::parse(StreamType::Http, &camera.url("cam")).unwrap())
        .await
        .unwrap();
    assert!(probe.fps.unwrap() > 1.0 && probe.bitrate_kbps.unwrap() > 0, "{probe:?}");
    let camera = HttpCamera::start(Answer::ok("image/jpeg", &still())).await;
    let probe = capturer(settings())
        .probe(&Source::parse(StreamType::Http, &camera.url("cam")).unwrap())
        .await
        .unwrap();
    assert_eq!((probe.resolution, probe.fps), (Some((64, 48)), None));
}

//! Streams that are kept open for pictures wanted again and again.

use std::time::{Duration, Instant};

use capture::{CaptureError, CaptureSettings, Capturer, Demand, Source, StreamSettings, StreamType};
use chrono::Utc;

use crate::cameras::{assert_whole, capturer, rtsp, settings};

const OFTEN: Demand = Demand::Every(Duration::from_millis(200));

fn with(streams: StreamSettings) -> Capturer {
    capturer(CaptureSettings { streams, ..settings() })
}

fn source(url: &str) -> Source {
    Source::parse(StreamType::Rtsp, url).unwrap()
}

#[tokio::test]
async fn an_open_stream_gives_new_pictures_at_once() {
    let capturer = with(StreamSettings { interval: Duration::from_millis(200), ..StreamSettings::default() });
    let camera = source(&rtsp("cam"));
    assert_whole(&capturer.frame(&camera, OFTEN).await.unwrap(), 640, 360);
    for demand in [OFTEN, Demand::Once, OFTEN] {
        let (asked, asked_at) = (Instant::now(), Utc::now());
        let next = capturer.frame(&camera, demand).await.unwrap();
        assert!(asked.elapsed() < Duration::from_millis(800), "{:?}", asked.elapsed());
        assert!(next.captured_at >= asked_at);
    }
    assert_eq!(capturer.open_streams(), 1);
}

#[tokio::test]
async fn a_stream_that_nobody_asks_of_is_closed() {
    let idle = Duration::from_millis(400);
    let capturer = with(StreamSettings { idle, ..StreamSettings::default() });
    capturer.frame(&source(&rtsp("cam")), OFTEN).await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(3);
    while capturer.open_streams() > 0 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(capturer.open_streams(), 0);
}

#[tokio::test]
async fn a_picture_wanted_once_or_seldom_opens_no_stream() {
    let capturer = with(StreamSettings::default());
    for demand in [Demand::Once, Demand::Every(Duration::from_secs(60))] {
        capturer.frame(&source(&rtsp("cam")), demand).await.unwrap();
        assert_eq!(capturer.open_streams(), 0);
    }
}

#[tokio::test]
async fn a_stream_in_use_is_not_closed_for_another() {
    let capturer = with(StreamSettings { max: 1, ..StreamSettings::default() });
    let busy = Demand::Every(Duration::from_secs(10));
    capturer.frame(&source(&rtsp("cam")), busy).await.unwrap();
    assert_whole(&capturer.frame(&source(&rtsp("cam?other")), busy).await.unwrap(), 640, 360);
    assert_eq!(capturer.open_streams(), 1);
}

#[tokio::test]
async fn a_stream_that_is_overdue_makes_room_for_another() {
    let capturer = with(StreamSettings { max: 1, ..StreamSettings::default() });
    capturer.frame(&source(&rtsp("cam")), Demand::Every(Duration::from_millis(1))).await.unwrap();
    tokio::time::sleep(Duration::from_millis(10)).await;
    let other = source(&rtsp("cam?other"));
    capturer.frame(&other, OFTEN).await.unwrap();
    let asked = Instant::now();
    capturer.frame(&other, OFTEN).await.unwrap();
    assert!(asked.elapsed() < Duration::from_millis(800), "the second stream is not open");
    assert_eq!(capturer.open_streams(), 1);
}

#[tokio::test]
async fn a_broken_stream_answers_its_error_at_once_until_it_is_tried_again() {
    let backoff = Duration::from_millis(300);
    let capturer = with(StreamSettings { backoff, ..StreamSettings::default() });
    let nobody = source("rtsp://127.0.0.1:1/cam");
    for _ in 0..3 {
        let asked = Instant::now();
        let error = capturer.frame(&nobody, OFTEN).await.unwrap_err();
        assert!(matches!(error, CaptureError::Unreachable { .. }), "{error:?}");
        assert!(asked.elapsed() < Duration::from_secs(1));
    }
}

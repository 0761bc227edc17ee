//! Pictures and videos below the media root, and what only looks like them.

use std::os::unix::fs::symlink;

use capture::{CaptureError, CaptureSettings, Demand, Source, SourceError, StreamType};

use crate::cameras::{assert_whole, capturer, frame, media, settings};

async fn local(path: &str) -> Result<capture::Frame, CaptureError> {
    frame(StreamType::LocalFile, path).await
}

#[tokio::test]
async fn a_picture_file_is_handed_on_byte_for_byte() {
    let taken = local("still.jpg").await.unwrap();
    assert_whole(&taken, 64, 48);
    assert_eq!(taken.jpeg, std::fs::read(media().join("still.jpg")).unwrap());
}

#[tokio::test]
async fn the_first_picture_of_a_video_is_taken() {
    assert_whole(&local("clip.mp4").await.unwrap(), 320, 240);
    let absolute = format!("file://{}", media().join("clip.mp4").display());
    assert_whole(&local(&absolute).await.unwrap(), 320, 240);
}

#[tokio::test]
async fn a_file_that_is_no_video_says_so() {
    for name in ["text.mp4", "playlist.mp4", "playlist.m3u8", "concat.mp4"] {
        let error = local(name).await.unwrap_err();
        assert!(matches!(error, CaptureError::NoVideo(_)) && !error.is_transient(), "{name}: {error:?}");
    }
}

#[tokio::test]
async fn nothing_outside_the_media_root_is_read() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::copy(media().join("still.jpg"), outside.path().join("secret.jpg")).unwrap();
    let root = tempfile::tempdir().unwrap();
    symlink(outside.path().join("secret.jpg"), root.path().join("link.jpg")).unwrap();
    symlink(outside.path(), root.path().join("folder")).unwrap();
    let absolute = outside.path().join("secret.jpg");
    let capturer = capturer(CaptureSettings { media_root: Some(root.path().to_owned()), ..settings() });
    for path in
        ["link.jpg", "folder/secret.jpg", "missing.jpg", ".", "/etc/hostname", absolute.to_str().unwrap()]
    {
        let source = Source::parse(StreamType::LocalFile, path).unwrap();
        let answer = capturer.frame(&source, Demand::Once).await;
        assert!(matches!(answer, Err(CaptureError::BadSource(SourceError::NoFile))), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn a_link_that_stays_inside_is_followed() {
    let root = tempfile::tempdir().unwrap();
    std::fs::copy(media().join("still.jpg"), root.path().join("day-1.jpg")).unwrap();
    symlink("day-1.jpg", root.path().join("today.jpg")).unwrap();
    let capturer = capturer(CaptureSettings { media_root: Some(root.path().to_owned()), ..settings() });
    let source = Source::parse(StreamType::LocalFile, "today.jpg").unwrap();
    assert_whole(&capturer.frame(&source, Demand::Once).await.unwrap(), 64, 48);
}

#[tokio::test]
async fn without_a_media_root_there_are_no_local_files() {
    let capturer = capturer(CaptureSettings { media_root: None, ..settings() });
    let source = Source::parse(StreamType::LocalFile, "still.jpg").unwrap();
    let answer = capturer.frame(&source, Demand::Once).await;
    assert!(matches!(answer, Err(CaptureError::BadSource(SourceError::NoFile))), "{answer:?}");
}

#[tokio::test]
async fn a_cut_off_or_oversized_picture_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let whole = std::fs::read(media().join("still.jpg")).unwrap();
    std::fs::write(root.path().join("cut.jpg"), &whole[..whole.len() - 40]).unwrap();
    std::fs::write(root.path().join("whole.jpg"), &whole).unwrap();
    let small = CaptureSettings {
        media_root: Some(root.path().to_owned()),
        max_bytes: whole.len() - 1,
        ..settings()
    };
    let capturer = capturer(small);
    let taken = |name| {
        capturer.frame(Box::leak(Box::new(Source::parse(StreamType::LocalFile, name).unwrap())), Demand::Once)
    };
    assert!(matches!(taken("cut.jpg").await, Err(CaptureError::NoVideo(_))));
    assert!(matches!(taken("whole.jpg").await, Err(CaptureError::TooLarge { .. })));
}

#[tokio::test]
async fn a_probe_of_a_video_file_tells_its_rate_and_size() {
    let source = Source::parse(StreamType::LocalFile, "clip.mp4").unwrap();
    let probe = capturer(settings()).probe(&source).await.unwrap();
    assert_eq!(
        (probe.fps, probe.resolution, probe.codec.as_deref()),
        (Some(10.0), Some((320, 240)), Some("h264"))
    );
    assert!(probe.bitrate_kbps.unwrap() > 0);
}

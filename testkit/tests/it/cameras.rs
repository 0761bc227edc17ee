//! The camera simulator, seen by FFmpeg and over HTTP as the platform sees cameras.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use testkit::camera::{self, LOGIN};

/// Whether FFmpeg gets a picture from `url` within its time-out.
fn grab(url: &str, into: &Path) -> bool {
    let quick = [
        "-nostdin",
        "-loglevel",
        "error",
        "-analyzeduration",
        "0",
        "-probesize",
        "32",
        "-timeout",
        "5000000",
    ];
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(quick).args(["-rtsp_transport", "tcp", "-i", url, "-frames:v", "1", "-y"]).arg(into);
    ffmpeg.status().unwrap().success()
}

#[test]
fn every_scene_is_an_rtsp_stream_of_720_lines() {
    let folder = tempfile::tempdir().unwrap();
    let cameras = camera::cameras();
    for scene in ["entrance", "lobby", "corridor"] {
        let picture = folder.path().join(format!("{scene}.bmp"));
        assert!(grab(&cameras.rtsp(scene), &picture), "{scene}");
        // Width and height stand at byte 18 of a bitmap; three bytes a pixel follow.
        let size = std::fs::metadata(&picture).unwrap().len();
        assert!((1280 * 720 * 3..1280 * 720 * 3 + 200).contains(&size), "{scene}: {size} bytes");
    }
}

#[test]
fn a_private_stream_opens_only_with_the_login() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("picture.jpg");
    let cameras = camera::cameras();
    let open = cameras.rtsp_private("lobby");
    let (user, password) = LOGIN;
    assert!(!grab(&open, &picture));
    assert!(!grab(&open.replace("://", &format!("://{user}:wrong@")), &picture));
    assert!(grab(&open.replace("://", &format!("://{user}:{password}@")), &picture));
}

#[tokio::test]
async fn a_snapshot_is_a_jpeg_and_changes_with_time() {
    let cameras = camera::cameras();
    let take = async || reqwest::get(cameras.snapshot("entrance")).await.unwrap().bytes().await.unwrap();
    let first = take().await;
    assert_eq!(first[..3], [0xff, 0xd8, 0xff]);
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_ne!(take().await, first);
}

#[tokio::test]
async fn an_mjpeg_stream_goes_on_and_on() {
    let cameras = camera::cameras();
    let mut stream = reqwest::get(cameras.mjpeg("lobby")).await.unwrap();
    let mut pictures = 0;
    while pictures < 5 {
        let chunk = stream.chunk().await.unwrap().unwrap();
        pictures += chunk.windows(9).filter(|part| *part == b"--picture").count();
    }
}

#[tokio::test]
async fn a_hanging_camera_keeps_its_client_waiting() {
    let cameras = camera::evil_cameras();
    let client = reqwest::Client::builder().timeout(Duration::from_millis(500)).build().unwrap();
    assert!(client.get(cameras.http("hang")).send().await.unwrap_err().is_timeout());
}

#[test]
fn the_manifest_tells_whom_to_enrol_and_who_appears() {
    let manifest = camera::manifest();
    let known: Vec<_> =
        manifest["people"].as_array().unwrap().iter().map(|person| &person["employeeId"]).collect();
    assert_eq!(known, ["EMP-001", "EMP-002"]);
    for person in manifest["people"].as_array().unwrap() {
        for picture in person["enrol"].as_array().unwrap() {
            assert!(Path::new(picture.as_str().unwrap()).exists(), "{picture}");
        }
    }
}

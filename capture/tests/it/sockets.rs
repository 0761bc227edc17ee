//! Raw streams over UDP and TCP, and USB cameras, of which a test machine has none.

use std::net::UdpSocket;
use std::process::Stdio;
use std::time::Duration;

use capture::{CaptureError, Demand, Source, StreamType};
use tokio::process::{Child, Command};

use crate::cameras::{assert_whole, capturer, frame, impatient, settings};

/// A camera that sends MPEG-TS to `address`, in real time.
fn sender(address: &str) -> Child {
    Command::new("ffmpeg")
        .args(["-v", "quiet", "-nostdin", "-re", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=10"])
        .args([
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-tune",
            "zerolatency",
            "-g",
            "5",
            "-f",
            "mpegts",
            address,
        ])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn a_picture_comes_out_of_packets_sent_to_a_udp_port() {
    let port = free_port();
    let _camera = sender(&format!("udp://127.0.0.1:{port}?pkt_size=1316"));
    assert_whole(&frame(StreamType::Socket, &format!("udp://@:{port}")).await.unwrap(), 320, 240);
}

#[tokio::test]
async fn a_picture_comes_out_of_a_stream_served_on_a_tcp_port() {
    let port = free_port();
    let _camera = sender(&format!("tcp://127.0.0.1:{port}?listen=1"));
    let source = Source::parse(StreamType::Socket, &format!("tcp://127.0.0.1:{port}")).unwrap();
    let capturer = capturer(settings());
    let mut taken = capturer.frame(&source, Demand::Once).await;
    for _ in 0..50 {
        // The sender is still starting.
        let Err(CaptureError::Unreachable { .. }) = taken else { break };
        tokio::time::sleep(Duration::from_millis(50)).await;
        taken = capturer.frame(&source, Demand::Once).await;
    }
    assert_whole(&taken.unwrap(), 320, 240);
}

#[tokio::test]
async fn a_silent_udp_port_is_given_up_in_time() {
    let source = Source::parse(StreamType::Socket, &format!("udp://@:{}", free_port())).unwrap();
    let error = impatient().frame(&source, Demand::Once).await.unwrap_err();
    assert!(matches!(error, CaptureError::TimedOut { .. }), "{error:?}");
}

#[tokio::test]
async fn a_link_local_tcp_socket_is_refused() {
    let error = frame(StreamType::Socket, "tcp://169.254.169.254:80").await.unwrap_err();
    assert!(matches!(error, CaptureError::Refused(_)), "{error:?}");
}

#[tokio::test]
async fn a_usb_camera_that_is_not_there_is_unreachable() {
    let error = frame(StreamType::Usb, "/dev/video99").await.unwrap_err();
    assert!(matches!(error, CaptureError::Unreachable { .. }), "{error:?}");
}

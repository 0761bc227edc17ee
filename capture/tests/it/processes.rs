//! What is left of FFmpeg after a capture: nothing.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use capture::{CaptureError, CaptureSettings, Capturer, Demand, Source, StreamType};
use tempfile::TempDir;

use crate::cameras::{capturer, settings};

/// In the place of FFmpeg: a shell that starts a child, notes both process ids, and sleeps.
struct Sleeper {
    folder: TempDir,
}

impl Sleeper {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pids = folder.path().join("pids");
        let script =
            format!("#!/bin/sh\nsleep 300 &\necho $$ $! > {0}.new && mv {0}.new {0}\nwait\n", pids.display());
        let program = folder.path().join("ffmpeg");
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    fn capturer(&self, time_limit: Duration) -> Capturer {
        capturer(CaptureSettings { ffmpeg: self.folder.path().join("ffmpeg"), time_limit, ..settings() })
    }

    /// The process ids, once they are known.
    async fn pids(&self) -> Vec<PathBuf> {
        let noted = self.folder.path().join("pids");
        eventually("the program has started", || noted.exists()).await;
        let text = std::fs::read_to_string(noted).unwrap();
        text.split_whitespace().map(|pid| PathBuf::from(format!("/proc/{pid}"))).collect()
    }

    async fn assert_gone(&self) {
        for process in self.pids().await {
            eventually("the process is gone", || !is_alive(&process)).await;
        }
    }
}

/// A process that is dead but not yet waited for still has its folder.
fn is_alive(process: &std::path::Path) -> bool {
    std::fs::read_to_string(process.join("stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !holds() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn usb() -> Source {
    Source::parse(StreamType::Usb, "/dev/video0").unwrap()
}

#[tokio::test]
async fn after_a_time_out_the_process_and_its_children_are_gone() {
    let sleeper = Sleeper::new();
    let error = sleeper.capturer(Duration::from_millis(800)).frame(&usb(), Demand::Once).await.unwrap_err();
    assert!(matches!(error, CaptureError::TimedOut { .. }), "{error:?}");
    sleeper.assert_gone().await;
}

#[tokio::test]
async fn a_cancelled_capture_leaves_no_process() {
    let sleeper = Sleeper::new();
    let capturer = sleeper.capturer(Duration::from_secs(60));
    let capture = tokio::spawn(async move { capturer.frame(&usb(), Demand::Once).await });
    assert!(sleeper.pids().await.iter().all(|process| is_alive(process)));
    capture.abort();
    sleeper.assert_gone().await;
}

#[tokio::test]
async fn a_cancelled_probe_leaves_no_process() {
    let sleeper = Sleeper::new();
    let capturer = sleeper.capturer(Duration::from_secs(60));
    let probe = tokio::spawn(async move { capturer.probe(&usb()).await });
    sleeper.pids().await;
    probe.abort();
    sleeper.assert_gone().await;
}

#[tokio::test]
async fn a_capturer_that_is_dropped_takes_its_open_streams_with_it() {
    let sleeper = Sleeper::new();
    let capturer = sleeper.capturer(Duration::from_secs(60));
    let wait = Duration::from_millis(300);
    let frame =
        tokio::time::timeout(wait, capturer.frame(&usb(), Demand::Every(Duration::from_secs(1)))).await;
    assert!(frame.is_err(), "{frame:?}");
    assert!(
        sleeper.pids().await.iter().all(|process| is_alive(process)),
        "an open stream outlives one caller"
    );
    drop(capturer);
    sleeper.assert_gone().await;
}

#[tokio::test]
async fn captures_beyond_the_limit_wait_for_their_turn() {
    let sleeper = Sleeper::new();
    let folder = sleeper.folder.path().join("ffmpeg");
    let limits = CaptureSettings {
        ffmpeg: folder,
        time_limit: Duration::from_millis(400),
        max_processes: 1,
        ..settings()
    };
    let capturer = capturer(limits);
    let source = usb();
    let (first, second, third) = tokio::join!(
        capturer.frame(&source, Demand::Once),
        capturer.frame(&source, Demand::Once),
        capturer.frame(&source, Demand::Once),
    );
    let is_busy = |answer: &Result<_, _>| matches!(answer, Err(CaptureError::Busy));
    assert!([&first, &second, &third].into_iter().any(is_busy), "{first:?} {second:?} {third:?}");
    assert!(!is_busy(&first));
}

#[tokio::test]
async fn ffmpeg_sees_none_of_the_servers_environment() {
    let folder = tempfile::tempdir().unwrap();
    let (program, seen) = (folder.path().join("ffmpeg"), folder.path().join("seen"));
    std::fs::write(&program, format!("#!/bin/sh\nenv > {}\n", seen.display())).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let capturer = capturer(CaptureSettings { ffmpeg: program, ..settings() });
    assert!(capturer.frame(&usb(), Demand::Once).await.is_err());
    let seen = std::fs::read_to_string(seen).unwrap();
    assert!(seen.contains("PATH=") && !seen.contains("CARGO"), "{seen}");
}

#[tokio::test]
async fn a_server_without_ffmpeg_says_so() {
    let capturer = capturer(CaptureSettings { ffmpeg: "/nonexistent/ffmpeg".into(), ..settings() });
    let error = capturer.frame(&usb(), Demand::Once).await.unwrap_err();
    assert!(matches!(error, CaptureError::Machine(_)), "{error:?}");
}

//! How captures are run: programs, folders and limits.

use std::path::PathBuf;
use std::time::Duration;

/// Settings of a [`Capturer`](crate::Capturer).
#[derive(Debug, Clone)]
pub struct CaptureSettings {
    /// FFmpeg 5.1 or later (`FFMPEG_PATH`).
    pub ffmpeg: PathBuf,
    /// The folder that `Local File` sources must lie in (`MEDIA_ROOT`); without one they are refused.
    pub media_root: Option<PathBuf>,
    /// Wall-clock limit of one capture, name resolution included.
    pub time_limit: Duration,
    /// The largest picture taken, in bytes.
    pub max_bytes: usize,
    /// FFmpeg processes of single captures and probes that run at the same time. More wait, up to `time_limit`.
    pub max_processes: usize,
    /// How much of a stream a probe measures.
    pub probe_span: Duration,
    /// Streams that are kept open.
    pub streams: StreamSettings,
}

/// Settings of the streams that are kept open for pictures that are wanted again and again.
#[derive(Debug, Clone, Copy)]
pub struct StreamSettings {
    /// Open at the same time, at most; `0` keeps none open.
    pub max: usize,
    /// A stream of which no picture was wanted for this long is closed.
    pub idle: Duration,
    /// A picture is made this often; nobody waits longer for a fresh one.
    pub interval: Duration,
    /// Wait before the first attempt to reopen a broken stream; doubled with every further one.
    pub backoff: Duration,
    /// The longest such wait.
    pub max_backoff: Duration,
}

impl Default for CaptureSettings {
    fn default() -> Self {
        Self {
            ffmpeg: PathBuf::from("ffmpeg"),
            media_root: None,
            time_limit: Duration::from_secs(10),
            max_bytes: 10 * 1024 * 1024,
            max_processes: 8,
            probe_span: Duration::from_secs(2),
            streams: StreamSettings::default(),
        }
    }
}

impl Default for StreamSettings {
    fn default() -> Self {
        Self {
            max: 32,
            idle: Duration::from_secs(30),
            interval: Duration::from_millis(500),
            backoff: Duration::from_secs(1),
            max_backoff: Duration::from_secs(30),
        }
    }
}

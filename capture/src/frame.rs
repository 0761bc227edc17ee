//! What comes out of a camera: a picture, or what a probe learnt about the stream.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::jpeg::Picture;

/// A picture as the camera sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// A whole JPEG, from its first marker to its last.
    pub jpeg: Bytes,
    /// When the picture was taken, as near as the stream tells: when its last byte arrived.
    pub captured_at: DateTime<Utc>,
    /// Width in pixels, at least 1.
    pub width: u16,
    /// Height in pixels, at least 1.
    pub height: u16,
}

impl Frame {
    /// A picture whose last byte arrived just now.
    pub(crate) fn arrived(picture: Picture) -> Self {
        let Picture { jpeg, width, height } = picture;
        Self { jpeg, captured_at: Utc::now(), width, height }
    }
}

/// What a stream looks like. A value that the stream does not reveal is `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// Milliseconds from the start of the call to the first of the video's data.
    pub latency_ms: u64,
    /// Kilobits a second, measured over the time of the probe.
    pub bitrate_kbps: Option<u32>,
    /// Pictures a second, measured over the time of the probe.
    pub fps: Option<f64>,
    /// `(width, height)` in pixels.
    pub resolution: Option<(u16, u16)>,
    /// FFmpeg's name of the codec: `h264`, `hevc`, `mjpeg`.
    pub codec: Option<String>,
}

impl Probe {
    /// A picture file: no stream, no rates.
    pub(crate) fn of_still(picture: &Picture, latency: Duration) -> Self {
        Self {
            latency_ms: u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
            bitrate_kbps: None,
            fps: None,
            resolution: Some((picture.width, picture.height)),
            codec: Some("mjpeg".to_owned()),
        }
    }
}

/// Counts what arrives during a probe.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Tally {
    /// Pictures, or packets of video.
    pub pictures: u32,
    /// Bytes of all of them.
    pub bytes: u64,
    /// Bytes of the first one.
    pub first_bytes: u64,
    /// Seconds from the first to the last.
    pub seconds: f64,
}

impl Tally {
    /// Adds one that arrived `at` seconds after the first.
    pub fn add(&mut self, bytes: u64, at: f64) {
        if self.pictures == 0 {
            self.first_bytes = bytes;
        }
        self.pictures += 1;
        self.bytes += bytes;
        self.seconds = self.seconds.max(at);
    }

    /// Pictures a second; `None` before the second picture. One time span lies between two pictures, hence one less.
    pub fn fps(&self) -> Option<f64> {
        let spans = self.pictures.checked_sub(1).filter(|spans| *spans > 0)?;
        (self.seconds > 0.0).then(|| (f64::from(spans) / self.seconds * 100.0).round() / 100.0)
    }

    /// Kilobits a second; `None` before the second picture.
    pub fn bitrate_kbps(&self) -> Option<u32> {
        self.fps()?;
        let bits = u32::try_from((self.bytes - self.first_bytes) * 8 / 1000).ok()?;
        let rate = f64::from(bits) / self.seconds;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to the range first"
        )]
        Some(rate.clamp(0.0, f64::from(u32::MAX)).round() as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn a_rate_counts_the_spans_between_pictures() {
        let mut tally = Tally::default();
        for n in 0..11_u32 {
            tally.add(12_500, f64::from(n) / 10.0);
        }
        assert_eq!(tally.fps(), Some(10.0));
        assert_eq!(tally.bitrate_kbps(), Some(1000));
    }

    #[test]
    fn one_picture_tells_no_rate() {
        let mut tally = Tally::default();
        tally.add(1000, 0.0);
        assert_eq!((tally.fps(), tally.bitrate_kbps()), (None, None));
    }
}

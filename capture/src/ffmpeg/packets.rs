//! Reads the text of FFmpeg's `framecrc` output: a head that names codec and size, then a line for every packet with
//! its times and length. It is made without decoding anything.

use std::time::Duration;

use crate::error::CaptureError;
use crate::frame::{Probe, Tally};

/// A line of this format has some sixty characters.
const MAX_LINE: usize = 4096;

/// What the lines so far tell.
#[derive(Debug, Default)]
pub(super) struct Packets {
    partial: Vec<u8>,
    codec: Option<String>,
    resolution: Option<(u16, u16)>,
    /// Seconds of one tick of the stream's clock.
    tick: f64,
    start: Option<i64>,
    tally: Tally,
}

impl Packets {
    /// Takes the next bytes, whole lines or not.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), CaptureError> {
        for byte in chunk {
            match byte {
                b'\n' => {
                    let line = std::mem::take(&mut self.partial);
                    self.line(&String::from_utf8_lossy(&line));
                }
                _ if self.partial.len() >= MAX_LINE => {
                    return Err(CaptureError::Broken("FFmpeg makes no sense"));
                }
                _ => self.partial.push(*byte),
            }
        }
        Ok(())
    }

    /// Whether a packet has come.
    pub const fn any(&self) -> bool {
        self.tally.pictures > 0
    }

    /// The sum of it.
    pub fn into_probe(self, latency: Duration) -> Probe {
        Probe {
            latency_ms: u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
            bitrate_kbps: self.tally.bitrate_kbps(),
            fps: self.tally.fps(),
            resolution: self.resolution,
            codec: self.codec,
        }
    }

    fn line(&mut self, line: &str) {
        match line.strip_prefix('#').and_then(|head| head.split_once(": ")) {
            Some(("codec_id 0", codec)) => self.codec = Some(codec.to_owned()),
            Some(("dimensions 0", size)) => {
                self.resolution = pair(size, 'x').filter(|(w, h)| *w > 0 && *h > 0);
            }
            Some(("tb 0", tick)) => {
                self.tick = pair::<f64>(tick, '/').map_or(0.0, |(over, under)| over / under);
            }
            Some(_) => {}
            None => self.packet(line),
        }
    }

    /// `stream, decoding time, presentation time, duration, bytes, checksum`.
    fn packet(&mut self, line: &str) {
        let mut fields = line.split(',').map(str::trim);
        let time = fields.nth(1).and_then(|field| field.parse::<i64>().ok());
        let bytes = fields.nth(2).and_then(|field| field.parse::<u64>().ok());
        let (Some(time), Some(bytes)) = (time, bytes) else { return };
        let start = *self.start.get_or_insert(time);
        #[expect(clippy::cast_precision_loss, reason = "a few seconds of ticks")]
        self.tally.add(bytes, time.saturating_sub(start) as f64 * self.tick);
    }
}

fn pair<T: std::str::FromStr>(text: &str, between: char) -> Option<(T, T)> {
    let (left, right) = text.split_once(between)?;
    Some((left.parse().ok()?, right.parse().ok()?))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn rate_size_and_codec_are_read_however_the_lines_are_cut() {
        let mut text =
            String::from("#software: x\n#tb 0: 1/90000\n#codec_id 0: h264\n#dimensions 0: 640x360\n");
        for n in 0..21 {
            text += &format!("0, {0:10}, {0:10},     9000,     2500, 0x1dc9e93b, F=0x0\n", n * 9000);
        }
        for size in [1, 7, 4096] {
            let mut packets = Packets::default();
            text.as_bytes().chunks(size).for_each(|chunk| packets.push(chunk).unwrap());
            let probe = packets.into_probe(Duration::from_millis(42));
            assert_eq!((probe.latency_ms, probe.bitrate_kbps, probe.fps), (42, Some(200), Some(10.0)));
            assert_eq!((probe.resolution, probe.codec.as_deref()), (Some((640, 360)), Some("h264")));
        }
    }

    #[test]
    fn nonsense_is_no_packet() {
        let mut packets = Packets::default();
        packets.push(b"hello\n0, a, b\n#dimensions 0: 0x0\n#tb 0: 1/0\n").unwrap();
        assert!(!packets.any());
        assert!(packets.push(&[b'x'; 5000]).is_err());
    }
}

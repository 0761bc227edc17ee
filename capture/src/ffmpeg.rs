//! FFmpeg as a tool that is held at arm's length: it reads what strangers send, so it gets an argument list, a list of
//! protocols and formats, one checked address, no environment and no input, and is killed with its children when its
//! time is up or nobody waits for it any longer.

mod arguments;
mod complaint;
mod input;
mod packets;
mod process;
mod relay;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::CaptureError;
use crate::frame::{Frame, Probe};
use crate::jpeg::{JpegError, Splitter, fits};
use arguments::Wanted;
use packets::Packets;
use process::Process;

pub(crate) use input::Input;

/// A running FFmpeg that sends pictures until it is dropped.
pub(crate) struct Pictures {
    process: Process,
    splitter: Splitter,
}

impl Pictures {
    /// The first whole picture.
    pub fn one(ffmpeg: &Path, input: Input, limit: usize) -> Result<Self, CaptureError> {
        Self::start(ffmpeg, input, Wanted::OnePicture, limit)
    }

    /// A picture every `interval`.
    pub fn every(
        ffmpeg: &Path,
        input: Input,
        interval: Duration,
        limit: usize,
    ) -> Result<Self, CaptureError> {
        Self::start(ffmpeg, input, Wanted::PictureEvery(interval), limit)
    }

    fn start(ffmpeg: &Path, input: Input, wanted: Wanted, limit: usize) -> Result<Self, CaptureError> {
        Ok(Self { process: Process::start(ffmpeg, input, wanted)?, splitter: Splitter::new(limit) })
    }

    /// The next picture. No bytes are lost when the future is dropped and made again.
    pub async fn next(&mut self) -> Result<Frame, CaptureError> {
        loop {
            match self.splitter.next_picture() {
                Ok(Some(picture)) => return Ok(Frame::arrived(picture)),
                Ok(None) => {}
                Err(JpegError::TooLarge(limit)) => return Err(CaptureError::TooLarge { limit }),
                Err(JpegError::TooManyPixels) => return Err(CaptureError::TooManyPixels),
                Err(JpegError::NotJpeg | JpegError::CutOff) => {
                    return Err(CaptureError::Broken("FFmpeg sent something that is no picture"));
                }
            }
            match self.process.read().await? {
                Some(chunk) => self.splitter.push(&chunk),
                None => return Err(self.process.failure().await),
            }
        }
    }
}

/// Copies packets for `span` without decoding them, and answers what they reveal. `asked` is when the probe began.
pub(crate) async fn probe(
    ffmpeg: &Path,
    input: Input,
    span: Duration,
    asked: Instant,
) -> Result<Probe, CaptureError> {
    let mut process = Process::start(ffmpeg, input, Wanted::Packets(span))?;
    let mut packets = Packets::default();
    let mut first = None;
    while let Some(chunk) = process.read().await? {
        packets.push(&chunk)?;
        if packets.any() {
            first.get_or_insert_with(|| asked.elapsed());
        }
    }
    let Some(latency) = first else { return Err(process.failure().await) };
    let probe = packets.into_probe(latency);
    match probe.resolution {
        Some((width, height)) if !fits(width, height) => Err(CaptureError::TooManyPixels),
        _ => Ok(probe),
    }
}

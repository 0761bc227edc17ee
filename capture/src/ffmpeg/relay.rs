//! A loopback relay between FFmpeg and an RTSP camera. FFmpeg follows an RTSP redirect to any host whatever its options
//! say, so it is not given the camera's address: it talks to this relay, which holds the one connection that was judged,
//! and cuts it when an answer of the camera carries a `Location`.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// No line of an RTSP answer is longer, or FFmpeg would cut it.
const MAX_LINE: usize = 8 * 1024;

/// One camera's relay; ends when dropped.
#[derive(Debug)]
pub(super) struct Relay {
    address: SocketAddr,
    seen: Arc<Seen>,
    task: AbortHandle,
}

/// What passed by so far.
#[derive(Debug)]
struct Seen {
    redirect: AtomicBool,
    /// When the camera last sent anything; at first, when the connection stood.
    camera: Mutex<Instant>,
}

impl Relay {
    /// Listens on loopback for one connection, which is joined to `camera`.
    pub async fn start(camera: TcpStream) -> io::Result<Self> {
        camera.set_nodelay(true)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Seen { redirect: AtomicBool::new(false), camera: Mutex::new(Instant::now()) });
        let task = tokio::spawn(run(listener, camera, Arc::clone(&seen))).abort_handle();
        Ok(Self { address, seen, task })
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn saw_redirect(&self) -> bool {
        self.seen.redirect.load(Ordering::Relaxed)
    }

    /// How long the camera has said nothing.
    pub fn silence(&self) -> Duration {
        self.seen.camera.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(listener: TcpListener, camera: TcpStream, seen: Arc<Seen>) {
    let Ok((ffmpeg, _)) = listener.accept().await else { return };
    // Nobody else gets in.
    drop(listener);
    let (from_camera, mut to_camera) = camera.into_split();
    let (mut from_ffmpeg, to_ffmpeg) = ffmpeg.into_split();
    // Either side closing ends both: an error here shows in FFmpeg as the end of the stream.
    tokio::select! {
        _ = copy(&mut from_ffmpeg, &mut to_camera) => {}
        answers = forward(from_camera, to_ffmpeg, &seen) => {
            seen.redirect.store(matches!(answers, Ok(Answers::Redirect)), Ordering::Relaxed);
        }
    }
}

enum Answers {
    Ended,
    Redirect,
}

async fn forward(mut camera: OwnedReadHalf, mut ffmpeg: OwnedWriteHalf, seen: &Seen) -> io::Result<Answers> {
    let mut watch = Watch::default();
    let mut chunk = vec![0; 16 * 1024];
    loop {
        let length = camera.read(&mut chunk).await?;
        if length == 0 {
            return Ok(Answers::Ended);
        }
        *seen.camera.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        if !watch.allows(&chunk[..length]) {
            return Ok(Answers::Redirect);
        }
        ffmpeg.write_all(&chunk[..length]).await?;
    }
}

/// Reads along with FFmpeg: lines end with LF, CR counts for nothing, a line that begins with `$` is a packet of video
/// with a length, and an answer may have a body.
#[derive(Debug, Default)]
struct Watch {
    line: Vec<u8>,
    /// Bytes of a packet's head that are still to come, and those that came.
    packet_head: Vec<u8>,
    in_packet_head: bool,
    skip: usize,
    body: usize,
}

impl Watch {
    /// False as soon as the camera redirects, or says something that this cannot follow.
    fn allows(&mut self, mut bytes: &[u8]) -> bool {
        while let Some((&first, rest)) = bytes.split_first() {
            if self.skip > 0 {
                let skipped = self.skip.min(bytes.len());
                self.skip -= skipped;
                bytes = &bytes[skipped..];
                continue;
            }
            bytes = rest;
            let fine = if self.in_packet_head { self.packet_byte(first) } else { self.line_byte(first) };
            if !fine {
                return false;
            }
        }
        true
    }

    fn packet_byte(&mut self, byte: u8) -> bool {
        self.packet_head.push(byte);
        if let [_channel, high, low] = self.packet_head[..] {
            self.skip = usize::from(u16::from_be_bytes([high, low]));
            self.packet_head.clear();
            self.in_packet_head = false;
        }
        true
    }

    fn line_byte(&mut self, byte: u8) -> bool {
        match byte {
            b'$' if self.line.is_empty() => self.in_packet_head = true,
            b'\r' => {}
            b'\n' => return self.end_line(),
            _ => self.line.push(byte),
        }
        self.line.len() <= MAX_LINE
    }

    fn end_line(&mut self) -> bool {
        let line = std::mem::take(&mut self.line).to_ascii_lowercase();
        if line.is_empty() {
            self.skip = std::mem::take(&mut self.body);
        }
        if let Some(length) = line.strip_prefix(b"content-length:") {
            let Some(length) = std::str::from_utf8(length).ok().and_then(|text| text.trim().parse().ok())
            else {
                return false;
            };
            self.body = length;
        }
        !line.trim_ascii_start().starts_with(b"location")
    }
}

#[cfg(test)]
mod tests {
    use super::Watch;

    const DESCRIPTION: &[u8] = b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 13\r\n\r\nLocation: x\r\n";

    /// Whether the watch lets the bytes pass, whole and byte by byte, which must be the same.
    fn allowed(bytes: &[u8]) -> bool {
        let whole = Watch::default().allows(bytes);
        let mut watch = Watch::default();
        assert_eq!(bytes.iter().all(|byte| watch.allows(&[*byte])), whole);
        whole
    }

    #[test]
    fn an_answer_that_redirects_is_stopped() {
        assert!(!allowed(b"RTSP/1.0 302 Moved\r\nCSeq: 1\r\nLocation: rtsp://10.0.0.1/x\r\n\r\n"));
        assert!(!allowed(b"RTSP/1.0 301 Moved\nlocation:rtsp://10.0.0.1/x\n\n"));
        assert!(!allowed(&[DESCRIPTION, b"RTSP/1.0 302 Moved\r\nLocation: rtsp://h/\r\n\r\n"].concat()));
        assert!(!allowed(b"$\0\0\x03abcRTSP/1.0 302 Moved\r\nLocation: rtsp://h/\r\n\r\n"));
    }

    #[test]
    fn bodies_and_packets_may_hold_anything() {
        assert!(allowed(DESCRIPTION));
        assert!(allowed(b"$\0\0\x0b\nLocation:\nRTSP/1.0 200 OK\r\n\r\n"));
    }

    #[test]
    fn what_cannot_be_followed_is_stopped() {
        assert!(!allowed(b"RTSP/1.0 200 OK\r\nContent-Length: -5\r\n\r\n"));
        assert!(!allowed(&[b'x'; 9000]));
    }
}

//! Captures from real streams: FFmpeg, an RTSP server, HTTP cameras that behave and that do not.

#![expect(clippy::unwrap_used, reason = "tests")]

mod cameras;
mod files;
mod http;
mod kept_open;
mod processes;
mod rtsp;
mod secrets;
mod sockets;

//! One JPEG out of a camera stream, and probes of it. A [`Source`] is what a camera row names, checked; a [`Capturer`]
//! takes pictures from sources under limits of time, size and number, and tells in a [`CaptureError`] why one failed.
//! FFmpeg does the decoding; pictures that come as JPEG already (HTTP cameras, picture files) are never decoded.

mod capturer;
mod error;
mod ffmpeg;
mod frame;
mod http;
mod jpeg;
mod local_file;
mod pool;
mod settings;
mod source;

pub use capturer::{Capturer, Demand};
pub use error::CaptureError;
pub use frame::{Frame, Probe};
pub use settings::{CaptureSettings, StreamSettings};
pub use source::{Source, SourceError, StreamType};

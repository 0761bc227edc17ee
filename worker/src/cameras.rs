//! From a camera's row to a picture: opens the stored address, and names the source that it stands for.

use std::time::Instant;

use capture::{Demand, Source};
use entity::camera;
use platform::seal::STREAM_URL;

use crate::context::Context;

/// What a health check learnt.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// Milliseconds until a picture was there.
    pub latency_ms: Option<i32>,
}

/// Why a row names no source.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The address was sealed with another key, or changed.
    #[error("the stored stream address cannot be opened")]
    Sealed(#[from] platform::seal::SealError),
    /// The address does not fit the stream type.
    #[error("the camera's address cannot be used: {0}")]
    Address(#[from] capture::SourceError),
}

/// The source that a camera's row names.
///
/// # Errors
/// See [`SourceError`].
pub fn source(context: &Context, camera: &camera::Model) -> Result<Source, SourceError> {
    let url = context.sealer.open(STREAM_URL, camera.stream_url.expose())?;
    Ok(Source::parse(stream_type(camera.stream_type), &url)?)
}

/// Takes one picture to see whether the camera is there; an error is a text for people.
///
/// # Errors
/// Why there is no picture.
pub async fn look(context: &Context, camera: &camera::Model) -> Result<Look, String> {
    let source = source(context, camera).map_err(|error| error.to_string())?;
    let asked = Instant::now();
    context.capturer.frame(&source, Demand::Once).await.map_err(|error| error.to_string())?;
    Ok(Look { latency_ms: i32::try_from(asked.elapsed().as_millis()).ok() })
}

fn stream_type(stored: camera::StreamType) -> capture::StreamType {
    match stored {
        camera::StreamType::Rtsp => capture::StreamType::Rtsp,
        camera::StreamType::Usb => capture::StreamType::Usb,
        camera::StreamType::Http => capture::StreamType::Http,
        camera::StreamType::Socket => capture::StreamType::Socket,
        camera::StreamType::LocalFile => capture::StreamType::LocalFile,
    }
}

//! Why a picture could not be taken. The text of every error is safe to show and to store: no credentials, no path, no
//! output of FFmpeg; the cause is kept inside for the log.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use platform::outbound::OutboundError;

use crate::jpeg::MAX_PIXELS;
use crate::source::SourceError;

/// The error below another one, shared because errors of kept-open streams go to every waiting caller.
pub(crate) type Cause = Arc<dyn Error + Send + Sync>;

/// Why a capture or probe failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CaptureError {
    /// The camera's stream URL cannot work.
    #[error("the camera's address cannot be used: {0}")]
    BadSource(#[from] SourceError),
    /// The server may not call the camera's address, or one that it redirects to.
    #[error("the camera's address is refused: {0}")]
    Refused(#[source] OutboundError),
    /// Nobody answers there.
    #[error("the camera cannot be reached: {reason}")]
    Unreachable {
        /// What is known about it.
        reason: &'static str,
        /// The error below.
        #[source]
        cause: Option<Cause>,
    },
    /// The camera wants credentials, or other ones.
    #[error("the camera refuses the credentials, or asks for some")]
    Unauthorised,
    /// The camera answered with an HTTP status that is no success.
    #[error("the camera answered with status {0}")]
    Status(u16),
    /// No whole picture came in time.
    #[error("no whole picture came within {:.1} s", after.as_secs_f64())]
    TimedOut {
        /// The limit that passed.
        after: Duration,
    },
    /// What is there is no video and no picture.
    #[error("there is no video: {0}")]
    NoVideo(&'static str),
    /// The picture is larger than allowed.
    #[error("the picture is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The picture claims more pixels than are ever decoded.
    #[error("the picture has more than {} megapixels", MAX_PIXELS / 1_000_000)]
    TooManyPixels,
    /// The stream broke off, or makes no sense.
    #[error("the stream broke: {0}")]
    Broken(&'static str),
    /// Too many captures run already.
    #[error("too many captures are running")]
    Busy,
    /// This machine cannot run FFmpeg or read the file.
    #[error("this server cannot run the capture")]
    Machine(#[source] Arc<std::io::Error>),
}

impl CaptureError {
    /// Whether the same capture may succeed a little later, without anybody changing the camera's settings.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::Broken(_)
            | Self::Busy
            | Self::Machine(_) => true,
            Self::Refused(refused) => refused.is_transient(),
            Self::Status(status) => *status >= 500 || *status == 429,
            Self::BadSource(_)
            | Self::Unauthorised
            | Self::NoVideo(_)
            | Self::TooLarge { .. }
            | Self::TooManyPixels => false,
        }
    }

    pub(crate) fn unreachable(reason: &'static str) -> Self {
        Self::Unreachable { reason, cause: None }
    }
}

impl From<OutboundError> for CaptureError {
    fn from(refused: OutboundError) -> Self {
        match refused {
            OutboundError::Unresolvable(_) => Self::Unreachable {
                reason: "its host name cannot be resolved",
                cause: Some(Arc::new(refused)),
            },
            OutboundError::Scheme { .. }
            | OutboundError::NoHost
            | OutboundError::Forbidden(_)
            | OutboundError::TooManyRedirects
            | OutboundError::Downgrade => Self::Refused(refused),
        }
    }
}

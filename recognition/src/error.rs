//! Why a provider gave no answer that can be used. The text is safe to show and to store; it holds no key.

use std::sync::Arc;
use std::time::Duration;

use platform::outbound::OutboundError;

/// Why a call to a provider failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProviderError {
    /// No kind has this name.
    #[error("there is no kind of provider named {0:?}")]
    UnknownKind(String),
    /// The endpoint is no http or https URL, or the key cannot be sent.
    #[error("the provider's {0} cannot be used")]
    BadConfig(&'static str),
    /// The server may not call the endpoint.
    #[error("the provider's address is refused: {0}")]
    Refused(#[source] OutboundError),
    /// Nobody answers there, or the connection broke.
    #[error("the provider cannot be reached")]
    Unreachable(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// No whole answer came in time.
    #[error("the provider did not answer within {:.1} s", .0.as_secs_f64())]
    TimedOut(Duration),
    /// The provider refuses the key.
    #[error("the provider refuses the API key")]
    Unauthorised,
    /// The provider refuses this request; others may pass.
    #[error("the provider refuses the request with status {0}")]
    Rejected(u16),
    /// The provider reports a fault of its own.
    #[error("the provider failed with status {0}")]
    Failed(u16),
    /// The answer is larger than allowed.
    #[error("the provider's answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The answer does not fit the kind's contract.
    #[error("the provider's answer makes no sense: {0}")]
    BadAnswer(String),
    /// It failed so often that it is left alone for a while.
    #[error("the provider failed repeatedly and is left alone for {:.0} s", .retry_after.as_secs_f64().ceil())]
    CircuitOpen {
        /// When a call may be let through again.
        retry_after: Duration,
    },
    /// Too many calls wait for the provider already.
    #[error("too many calls to the provider are waiting")]
    Busy,
}

impl ProviderError {
    /// Whether the same call may succeed later, without anybody changing the configuration.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_)
            | Self::TimedOut(_)
            | Self::Failed(_)
            | Self::TooLarge(_)
            | Self::BadAnswer(_)
            | Self::CircuitOpen { .. }
            | Self::Busy => true,
            Self::Refused(refused) => refused.is_transient(),
            Self::UnknownKind(_) | Self::BadConfig(_) | Self::Unauthorised | Self::Rejected(_) => false,
        }
    }

    /// Whether it speaks against the provider, so that the circuit breaker counts it. A picture that the provider
    /// refuses, or a call that was never made, does not.
    pub(crate) fn is_providers_fault(&self) -> bool {
        match self {
            Self::Unreachable(_)
            | Self::TimedOut(_)
            | Self::Unauthorised
            | Self::Failed(_)
            | Self::TooLarge(_)
            | Self::BadAnswer(_) => true,
            Self::UnknownKind(_)
            | Self::BadConfig(_)
            | Self::Refused(_)
            | Self::Rejected(_)
            | Self::CircuitOpen { .. }
            | Self::Busy => false,
        }
    }

    /// A word for metrics.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::UnknownKind(_) | Self::BadConfig(_) | Self::Refused(_) => "misconfigured",
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut(_) => "timeout",
            Self::Unauthorised => "unauthorised",
            Self::Rejected(_) => "rejected",
            Self::Failed(_) => "failed",
            Self::TooLarge(_) | Self::BadAnswer(_) => "bad_answer",
            Self::CircuitOpen { .. } => "circuit_open",
            Self::Busy => "busy",
        }
    }
}

impl From<reqwest::Error> for ProviderError {
    /// The URL is taken out of the error: it may hold credentials.
    fn from(error: reqwest::Error) -> Self {
        match OutboundError::within(&error) {
            Some(OutboundError::Unresolvable(_)) | None => Self::Unreachable(Arc::new(error.without_url())),
            Some(refused) => Self::Refused(refused.clone()),
        }
    }
}

//! The trait that the rest of the program sees.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::error::ProviderError;
use crate::face::Recognition;
use crate::kinds::Condition;

/// Finds and recognises faces in pictures.
#[async_trait]
pub trait Recogniser: Send + Sync {
    /// Sends a JPEG of the camera `camera_id` and reads the faces back. Dropping the future cancels the call.
    ///
    /// # Errors
    /// Every [`ProviderError`] but [`ProviderError::UnknownKind`].
    async fn recognise(&self, jpeg: Bytes, camera_id: &str) -> Result<Recognition, ProviderError>;

    /// Calls the provider's health check, even where the circuit is open; an answer that is not of the kind's shape is an error.
    ///
    /// # Errors
    /// As [`Recogniser::recognise`], but never [`ProviderError::CircuitOpen`].
    async fn health(&self) -> Result<Health, ProviderError>;

    /// The health check seen together with the calls of the last minutes.
    async fn check_up(&self) -> Checkup;

    /// The provider's state by the calls of the last minutes alone.
    fn status(&self) -> ProviderStatus;

    /// Moving average of the latency of calls that succeeded; `None` before the first.
    fn average_latency(&self) -> Option<Duration>;
}

/// The state of a provider as the API shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderStatus {
    /// It answers, and in good time.
    Connected,
    /// It is slow, or some of its answers are missing or bad.
    Degraded,
    /// It does not answer, or so badly that it is left alone.
    Offline,
}

impl ProviderStatus {
    /// The word in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Degraded => "degraded",
            Self::Offline => "offline",
        }
    }
}

/// A health check that was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// How long the answer took.
    pub latency: Duration,
    /// What it says.
    pub condition: Condition,
}

/// The result of a check-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkup {
    /// The provider's state.
    pub status: ProviderStatus,
    /// How long its health check took, if it answered.
    pub latency: Option<Duration>,
    /// One sentence for people.
    pub message: String,
}

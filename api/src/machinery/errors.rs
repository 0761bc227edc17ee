//! Errors of the machinery in the API's words.

use std::error::Error;

use capture::CaptureError;
use daybook::SiteError;
use entity::system_config::SettingsError;
use jobs::EnqueueError;
use odoo::OdooError;
use platform::seal::SealError;
use queue::QueueError;
use recognition::ProviderError;

use crate::error::ApiError;

impl From<QueueError> for ApiError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Unavailable(_) | QueueError::Full { .. } | QueueError::UnfitServer(_) => {
                Self::unavailable("queue", error)
            }
            QueueError::PayloadTooLarge { .. }
            | QueueError::Invalid(_)
            | QueueError::LeaseLost
            | QueueError::Corrupt(_) => Self::internal(error),
        }
    }
}

impl From<EnqueueError> for ApiError {
    fn from(error: EnqueueError) -> Self {
        match error {
            EnqueueError::Payload(json) => Self::internal(json),
            EnqueueError::Outbox(database) => database.into(),
            EnqueueError::Queue(queue) => queue.into(),
        }
    }
}

impl From<CaptureError> for ApiError {
    fn from(error: CaptureError) -> Self {
        match error {
            CaptureError::TimedOut { .. } => Self::UpstreamTimeout(error.to_string().into()),
            CaptureError::Busy => Self::unavailable("capture", error),
            CaptureError::Machine(_) => Self::internal(error),
            CaptureError::BadSource(_)
            | CaptureError::Refused(_)
            | CaptureError::Unreachable { .. }
            | CaptureError::Unauthorised
            | CaptureError::Status(_)
            | CaptureError::NoVideo(_)
            | CaptureError::TooLarge { .. }
            | CaptureError::TooManyPixels
            | CaptureError::Broken(_) => Self::UpstreamFailed(upstream(&error).into()),
        }
    }
}

/// What Odoo refuses is its failure to whoever waits for the answer; the text says what to do.
impl From<OdooError> for ApiError {
    fn from(error: OdooError) -> Self {
        match error {
            OdooError::Unreachable { unsure: true, .. } => Self::UpstreamTimeout(error.to_string().into()),
            OdooError::Unreachable { unsure: false, .. }
            | OdooError::BadCredentials
            | OdooError::WrongDatabase(_)
            | OdooError::NoRights(_)
            | OdooError::Validation(_)
            | OdooError::NotFound(_)
            | OdooError::Unexpected { .. } => Self::UpstreamFailed(error.to_string().into()),
        }
    }
}

/// A provider whose settings cannot work is reported like one that does not answer.
impl From<ProviderError> for ApiError {
    fn from(error: ProviderError) -> Self {
        match error {
            ProviderError::TimedOut(_) => Self::UpstreamTimeout(error.to_string().into()),
            ProviderError::UnknownKind(_)
            | ProviderError::BadConfig(_)
            | ProviderError::Refused(_)
            | ProviderError::Unreachable(_)
            | ProviderError::Unauthorised
            | ProviderError::Rejected(_)
            | ProviderError::Failed(_)
            | ProviderError::TooLarge(_)
            | ProviderError::BadAnswer(_)
            | ProviderError::CircuitOpen { .. }
            | ProviderError::Busy => Self::UpstreamFailed(upstream(&error).into()),
        }
    }
}

/// The outside text; the causes go to the log here, since an upstream error carries none.
fn upstream(error: &(dyn Error + 'static)) -> String {
    tracing::debug!(error = %platform::launch::chain(error), "upstream failed");
    error.to_string()
}

impl From<SealError> for ApiError {
    fn from(error: SealError) -> Self {
        Self::internal(error)
    }
}

impl From<SiteError> for ApiError {
    fn from(error: SiteError) -> Self {
        match error {
            SiteError::Database(database) => database.into(),
            SiteError::Settings(settings) => settings.into(),
        }
    }
}

impl From<SettingsError> for ApiError {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Database(database) => database.into(),
            invalid @ SettingsError::Invalid { .. } => Self::internal(invalid),
        }
    }
}

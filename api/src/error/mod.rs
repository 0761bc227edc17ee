//! The one error type of the API. What a client reads (status, code, message, details) stands here and is safe to
//! show; what went wrong inside travels along as the source and is logged once, with the request id, when the answer
//! is rendered.

mod foreign;
mod render;
mod validation;

use std::{borrow::Cow, error::Error as StdError, time::Duration};

pub(crate) use foreign::{readable, refused_parameter};
use poem::http::StatusCode;
pub(crate) use render::seconds_rounded_up;
pub use render::{ErrorBody, Failure, render};
use serde_json::{Value, json};
pub use validation::{FieldIssue, RowIssues};

/// An inner cause, of whatever type.
pub type Cause = Box<dyn StdError + Send + Sync>;

/// How long a client should wait before it tries again when a part of the installation is away.
const RETRY_UNAVAILABLE: Duration = Duration::from_secs(2);

/// Everything that a request can end with besides success; one variant per error code of the contract.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// Malformed JSON, multipart or headers.
    #[error("{0}")]
    BadRequest(Cow<'static, str>),
    /// No credentials, or none that we can read.
    #[error("sign in first")]
    Unauthenticated,
    /// Wrong name or password; which of them is not said.
    #[error("the email or the password is wrong")]
    InvalidCredentials,
    /// The access token's time is over.
    #[error("the access token has expired")]
    TokenExpired,
    /// Signed out, revoked, or a refresh token that was spent already.
    #[error("the session has ended")]
    TokenRevoked,
    /// Signed in, but without this permission.
    #[error("this needs the permission {0}")]
    Forbidden(&'static str),
    /// A request from an origin or address that may not do this.
    #[error("{0}")]
    Refused(&'static str),
    /// The user was suspended.
    #[error("the account is suspended")]
    AccountSuspended,
    /// Nobody may register here.
    #[error("registration is switched off")]
    RegistrationDisabled,
    /// There is no such thing; the text says what.
    #[error("{0}")]
    NotFound(Cow<'static, str>),
    /// The path exists, with these methods.
    #[error("the path does not take this method")]
    MethodNotAllowed(String),
    /// A duplicate.
    #[error("{0}")]
    Conflict(Cow<'static, str>),
    /// The row was changed by somebody else meanwhile.
    #[error("somebody else changed this meanwhile: read it again")]
    VersionConflict,
    /// The thing's state does not allow it.
    #[error("{0}")]
    InvalidState(Cow<'static, str>),
    /// The body is larger than allowed, in bytes.
    #[error("the body is larger than {0} bytes")]
    PayloadTooLarge(u64),
    /// A content type or encoding that the operation does not take.
    #[error("{0}")]
    UnsupportedMediaType(Cow<'static, str>),
    /// Fields that are wrong.
    #[error("some fields are not valid")]
    Validation(Vec<FieldIssue>),
    /// Entries of a list that are wrong.
    #[error("some entries are not valid")]
    InvalidRows(Vec<RowIssues>),
    /// An `Idempotency-Key` that came with another body before.
    #[error("the Idempotency-Key was used with another body")]
    IdempotencyKeyReused,
    /// Too many requests; try again after this time.
    #[error("too many requests")]
    RateLimited(Duration),
    /// A mistake of ours.
    #[error("an internal error occurred")]
    Internal(#[source] Cause),
    /// A camera, the provider or Odoo answered wrongly or not at all.
    #[error("{0}")]
    UpstreamFailed(Cow<'static, str>),
    /// A camera, the provider or Odoo did not answer in time.
    #[error("{0}")]
    UpstreamTimeout(Cow<'static, str>),
    /// Database, queue or storage is away; the name says which.
    #[error("{part} is not available")]
    Unavailable {
        /// The part that is away, as an operator calls it.
        part: &'static str,
        /// What it answered.
        #[source]
        source: Cause,
    },
}

impl ApiError {
    /// The thing called `what` with this id is not there.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::NotFound(format!("there is no such {what}").into())
    }

    /// A single wrong field.
    #[must_use]
    pub fn field(field: impl Into<String>, issue: impl Into<String>) -> Self {
        Self::Validation(vec![FieldIssue::new(field, issue)])
    }

    /// A mistake of ours.
    #[must_use]
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::Internal(cause.into())
    }

    /// `part` is away.
    #[must_use]
    pub fn unavailable(part: &'static str, cause: impl Into<Cause>) -> Self {
        Self::Unavailable { part, source: cause.into() }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Unauthenticated | Self::InvalidCredentials | Self::TokenExpired | Self::TokenRevoked => {
                StatusCode::UNAUTHORIZED
            }
            Self::Forbidden(_) | Self::Refused(_) | Self::AccountSuspended | Self::RegistrationDisabled => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) | Self::VersionConflict | Self::InvalidState(_) => StatusCode::CONFLICT,
            Self::PayloadTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Validation(_) | Self::InvalidRows(_) | Self::IdempotencyKeyReused => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::UpstreamFailed(_) => StatusCode::BAD_GATEWAY,
            Self::UpstreamTimeout(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The code that clients switch on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "BAD_REQUEST",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::InvalidCredentials => "INVALID_CREDENTIALS",
            Self::TokenExpired => "TOKEN_EXPIRED",
            Self::TokenRevoked => "TOKEN_REVOKED",
            Self::Forbidden(_) | Self::Refused(_) => "FORBIDDEN",
            Self::AccountSuspended => "ACCOUNT_SUSPENDED",
            Self::RegistrationDisabled => "REGISTRATION_DISABLED",
            Self::NotFound(_) => "NOT_FOUND",
            Self::MethodNotAllowed(_) => "METHOD_NOT_ALLOWED",
            Self::Conflict(_) => "CONFLICT",
            Self::VersionConflict => "VERSION_CONFLICT",
            Self::InvalidState(_) => "INVALID_STATE",
            Self::PayloadTooLarge(_) => "PAYLOAD_TOO_LARGE",
            Self::UnsupportedMediaType(_) => "UNSUPPORTED_MEDIA_TYPE",
            Self::Validation(_) | Self::InvalidRows(_) => "VALIDATION_ERROR",
            Self::IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::RateLimited(_) => "RATE_LIMITED",
            Self::Internal(_) => "INTERNAL",
            Self::UpstreamFailed(_) => "UPSTREAM_FAILED",
            Self::UpstreamTimeout(_) => "UPSTREAM_TIMEOUT",
            Self::Unavailable { .. } => "UNAVAILABLE",
        }
    }

    /// What a program can use beyond the code; null where there is nothing to say.
    #[must_use]
    pub fn details(&self) -> Value {
        match self {
            Self::Forbidden(permission) => json!({ "permission": permission }),
            Self::Validation(issues) => json!(issues),
            Self::InvalidRows(failed) => json!({ "failed": failed }),
            Self::Unavailable { part, .. } => json!({ "part": part }),
            Self::PayloadTooLarge(limit) => json!({ "limitBytes": limit }),
            _ => Value::Null,
        }
    }

    /// When to try again, where that can help.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited(wait) => Some(*wait),
            Self::Unavailable { .. } => Some(RETRY_UNAVAILABLE),
            _ => None,
        }
    }
}

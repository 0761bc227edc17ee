//! Errors as callers see them: a status, a code for programs and a safe message for people. Whatever is the provider's
//! own fault is logged here, once, with its causes.

use poem::error::{ParseMultipartError, ReadBodyError, ResponseError};
use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::web::Json;
use poem::{IntoResponse, Response};
use serde_json::json;
use thiserror::Error;
use tokio::task::JoinError;

use crate::causes::chain;
use crate::picture::PictureError;
use crate::recogniser::RecogniserError;

/// Seconds after which a caller who was turned away should come back.
const RETRY_AFTER: &str = "1";

/// Why a request fails.
#[derive(Debug, Error)]
pub(super) enum ApiError {
    #[error("{0}")]
    Invalid(String),
    #[error("the API key is missing or wrong")]
    Unauthorized,
    #[error("there is no {0}")]
    NotFound(String),
    #[error("the method is not allowed here: use {0}")]
    MethodNotAllowed(&'static str),
    #[error("the request body is too large")]
    BodyTooLarge,
    #[error("the request body did not arrive in time")]
    BodyTooSlow,
    #[error("the request body ended too early")]
    BodyBroken(#[source] ReadBodyError),
    #[error("the multipart body is malformed")]
    Multipart(#[from] ParseMultipartError),
    #[error("too many requests at the same time")]
    Overloaded,
    #[error(transparent)]
    Recogniser(#[from] RecogniserError),
    #[error("the work on the picture was aborted")]
    Aborted(#[from] JoinError),
}

impl ApiError {
    fn code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Invalid(_) | Self::BodyBroken(_) | Self::Multipart(_) => {
                (StatusCode::BAD_REQUEST, "INVALID_REQUEST")
            }
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "UNAUTHORIZED"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "NOT_FOUND"),
            Self::MethodNotAllowed(_) => (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE"),
            Self::BodyTooSlow => (StatusCode::REQUEST_TIMEOUT, "TIMEOUT"),
            Self::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED"),
            Self::Recogniser(error) => recogniser_code(error),
            Self::Aborted(_) => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"),
        }
    }
}

impl ApiError {
    /// What the caller can do about it, where a header says so.
    fn hint(&self) -> Option<(HeaderName, &'static str)> {
        match self {
            Self::Overloaded => Some((header::RETRY_AFTER, RETRY_AFTER)),
            Self::MethodNotAllowed(methods) => Some((header::ALLOW, methods)),
            Self::Invalid(_)
            | Self::Unauthorized
            | Self::NotFound(_)
            | Self::BodyTooLarge
            | Self::BodyTooSlow
            | Self::BodyBroken(_)
            | Self::Multipart(_)
            | Self::Recogniser(_)
            | Self::Aborted(_) => None,
        }
    }
}

fn recogniser_code(error: &RecogniserError) -> (StatusCode, &'static str) {
    match error {
        RecogniserError::Picture { source, .. } => match source {
            PictureError::TooManyBytes | PictureError::TooManyPixels => {
                (StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE")
            }
            PictureError::UnknownFormat => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_IMAGE"),
            PictureError::Damaged(_) => (StatusCode::UNPROCESSABLE_ENTITY, "INVALID_IMAGE"),
        },
        RecogniserError::NoFace { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "NO_FACE"),
        RecogniserError::SeveralFaces { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "SEVERAL_FACES"),
        RecogniserError::FaceTooSmall { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "FACE_TOO_SMALL"),
        RecogniserError::LowQuality { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "LOW_QUALITY"),
        RecogniserError::TooManyImages => (StatusCode::UNPROCESSABLE_ENTITY, "TOO_MANY_IMAGES"),
        RecogniserError::UnknownPerson(_) => (StatusCode::NOT_FOUND, "NOT_FOUND"),
        RecogniserError::Store(_) | RecogniserError::Engine(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL")
        }
    }
}

impl From<ReadBodyError> for ApiError {
    fn from(error: ReadBodyError) -> Self {
        match error {
            ReadBodyError::PayloadTooLarge => Self::BodyTooLarge,
            ReadBodyError::BodyHasBeenTaken | ReadBodyError::Utf8(_) | ReadBodyError::Io(_) => {
                Self::BodyBroken(error)
            }
        }
    }
}

impl ResponseError for ApiError {
    fn status(&self) -> StatusCode {
        self.code().0
    }

    fn as_response(&self) -> Response {
        let (status, code) = self.code();
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(error = %chain(self), "a request failed");
        }
        let mut response = render(status, code, &self.to_string());
        if let Some((name, value)) = self.hint() {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// Gives every failure that poem itself found (no such route, wrong method, bad query) the same shape.
pub(super) fn uniform(error: poem::Error) -> Response {
    if error.is::<ApiError>() {
        return error.into_response();
    }
    let status = error.status();
    let code = match status {
        StatusCode::NOT_FOUND => "NOT_FOUND",
        status if status.is_client_error() => "INVALID_REQUEST",
        _ => {
            tracing::error!(error = %error, "a request failed");
            return render(status, "INTERNAL", "internal error");
        }
    };
    render(status, code, &error.to_string())
}

fn render(status: StatusCode, code: &str, message: &str) -> Response {
    Json(json!({ "error": { "code": code, "message": message } })).with_status(status).into_response()
}

//! Other people's errors in our words: database, object storage, and everything that poem and poem-openapi raise
//! before a handler runs.

use poem::{
    error::{MethodNotAllowedError, NotFoundError, ReadBodyError, SizedLimitError, WebSocketError},
    http::StatusCode,
};
use poem_openapi::error::{
    AuthorizationError, ContentTypeError, ParseMultipartError, ParseParamError, ParsePathError,
    ParseRequestPayloadError,
};
use sea_orm::{DbErr, RuntimeErr, SqlErr};

use super::ApiError;

impl From<DbErr> for ApiError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Conflict("it exists already".into()),
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => {
                Self::Conflict("it refers to something that is not there, or is still referred to".into())
            }
            Some(_) | None if is_outage(&error) => Self::unavailable("database", error),
            Some(_) | None => Self::internal(error),
        }
    }
}

/// Whether the database could not be asked at all, in contrast to a statement that it refused.
fn is_outage(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner)) => {
            match &**inner {
                sea_orm::SqlxError::Io(_)
                | sea_orm::SqlxError::Tls(_)
                | sea_orm::SqlxError::Protocol(_)
                | sea_orm::SqlxError::PoolTimedOut
                | sea_orm::SqlxError::PoolClosed
                | sea_orm::SqlxError::WorkerCrashed => true,
                // Classes 08 (connection), 53 (out of resources) and 57 (operator intervention, such as a restart).
                sea_orm::SqlxError::Database(refusal) => refusal
                    .code()
                    .is_some_and(|code| ["08", "53", "57"].iter().any(|class| code.starts_with(class))),
                _ => false,
            }
        }
        _ => false,
    }
}

impl From<platform::storage::StorageError> for ApiError {
    fn from(error: platform::storage::StorageError) -> Self {
        match error {
            platform::storage::StorageError::NotFound => Self::not_found("file"),
            outage @ platform::storage::StorageError::Unavailable(_) => Self::unavailable("storage", outage),
        }
    }
}

impl From<tokio::task::JoinError> for ApiError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::internal(error)
    }
}

impl From<poem::Error> for ApiError {
    fn from(error: poem::Error) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(ours) => return ours,
            Err(foreign) => foreign,
        };
        from_openapi(&error).or_else(|| from_poem(&error)).unwrap_or_else(|| from_status(&error))
    }
}

fn from_openapi(error: &poem::Error) -> Option<ApiError> {
    if let Some(param) = error.downcast_ref::<ParseParamError>() {
        return Some(ApiError::field(param.name, readable(&param.reason)));
    }
    if let Some(param) = error.downcast_ref::<ParsePathError>() {
        return Some(ApiError::field(param.name, readable(&param.reason)));
    }
    if let Some(body) = error.downcast_ref::<ParseRequestPayloadError>() {
        return Some(ApiError::BadRequest(readable(&body.reason).into()));
    }
    if let Some(form) = error.downcast_ref::<ParseMultipartError>() {
        return Some(multipart(&form.reason));
    }
    if let Some(content) = error.downcast_ref::<ContentTypeError>() {
        return Some(ApiError::UnsupportedMediaType(content.to_string().into()));
    }
    error.is::<AuthorizationError>().then_some(ApiError::Unauthenticated)
}

/// poem-openapi names the field of a form in back quotes, or not at all where the form itself is broken.
fn multipart(reason: &str) -> ApiError {
    match reason.split('`').nth(1) {
        Some(field) => ApiError::field(field, readable(reason)),
        None => ApiError::BadRequest(readable(reason).into()),
    }
}

fn from_poem(error: &poem::Error) -> Option<ApiError> {
    if error.is::<NotFoundError>() {
        return Some(ApiError::NotFound("there is nothing at this path".into()));
    }
    if error.is::<MethodNotAllowedError>() {
        // The paths outside of the OpenAPI document are all read-only; the others are put right in `recover`.
        return Some(ApiError::MethodNotAllowed("GET, HEAD".to_owned()));
    }
    if error.is::<ReadBodyError>() || error.is::<WebSocketError>() {
        return Some(ApiError::BadRequest(error.to_string().into()));
    }
    error.is::<SizedLimitError>().then_some(ApiError::PayloadTooLarge(0))
}

fn from_status(error: &poem::Error) -> ApiError {
    match error.status() {
        StatusCode::NOT_FOUND => ApiError::NotFound("there is nothing at this path".into()),
        status if status.is_client_error() => ApiError::BadRequest(error.to_string().into()),
        _ => ApiError::Internal(error.to_string().into()),
    }
}

/// The part of poem-openapi's text that a client can use: without Rust's type names, and in our words where they are
/// fixed.
pub(crate) fn readable(reason: &str) -> String {
    let text = reason
        .strip_prefix("failed to parse ")
        .and_then(|rest| rest.split_once("\": "))
        .map_or(reason, |t| t.1);
    let text = text.split(" (occurred while parsing").next().unwrap_or(text);
    if text.contains("expects an input value") {
        return "is required".to_owned();
    }
    text.rsplit("verification failed. ").next().unwrap_or(text).to_owned()
}

//! Other people's errors in our words: database, object storage, and everything that poem and poem-openapi raise
//! before a handler runs.

use platform::db::is_outage;
use poem::{
    error::{MethodNotAllowedError, NotFoundError, ReadBodyError, SizedLimitError, WebSocketError},
    http::StatusCode,
};
use poem_openapi::error::{
    AuthorizationError, ContentTypeError, ParseMultipartError, ParseParamError, ParsePathError,
    ParseRequestPayloadError,
};
use sea_orm::{DbErr, SqlErr};

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

impl From<platform::storage::StorageError> for ApiError {
    fn from(error: platform::storage::StorageError) -> Self {
        match error {
            platform::storage::StorageError::NotFound => Self::not_found("file"),
            outage @ (platform::storage::StorageError::Unavailable(_)
            | platform::storage::StorageError::Unexpected(_)) => Self::unavailable("storage", outage),
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
    if let Some(parameter) = refused_parameter(error) {
        return Some(ApiError::field(parameter, "is not valid"));
    }
    if error.is::<ParseRequestPayloadError>() {
        return Some(ApiError::BadRequest("the body cannot be read".into()));
    }
    if let Some(form) = error.downcast_ref::<ParseMultipartError>() {
        return Some(multipart(&form.reason));
    }
    if error.is::<ContentTypeError>() {
        return Some(ApiError::UnsupportedMediaType("this content type is not supported here".into()));
    }
    error.is::<AuthorizationError>().then_some(ApiError::Unauthenticated)
}

/// The parameter that the framework refused, under the router's name for it. What it takes, the document knows.
pub(crate) fn refused_parameter(error: &poem::Error) -> Option<&'static str> {
    let in_query = error.downcast_ref::<ParseParamError>().map(|refused| refused.name);
    in_query.or_else(|| error.downcast_ref::<ParsePathError>().map(|refused| refused.name))
}

/// poem-openapi names the field of a form in back quotes, or not at all where the form itself is broken.
fn multipart(reason: &str) -> ApiError {
    match reason.split('`').nth(1) {
        Some(field) => ApiError::field(field, readable(reason)),
        None => ApiError::BadRequest("the form is malformed".into()),
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
    if error.is::<ReadBodyError>() {
        return Some(ApiError::BadRequest("the body cannot be read".into()));
    }
    if error.is::<WebSocketError>() {
        return Some(ApiError::BadRequest("this is no WebSocket handshake".into()));
    }
    error.is::<SizedLimitError>().then_some(ApiError::PayloadTooLarge(0))
}

/// Nothing of a text that is not ours goes out; the log has it.
fn from_status(error: &poem::Error) -> ApiError {
    match error.status() {
        StatusCode::NOT_FOUND => ApiError::NotFound("there is nothing at this path".into()),
        status if status.is_client_error() => {
            tracing::debug!(%error, "a request was refused by the framework");
            ApiError::BadRequest("the request is malformed".into())
        }
        _ => ApiError::Internal(error.to_string().into()),
    }
}

/// What a client is told about a field that the framework refused and the schema check let pass.
pub(crate) fn readable(reason: &str) -> &'static str {
    match reason {
        _ if reason.contains("expects an input value") || reason.ends_with("is required") => "is required",
        _ if reason.contains("minLength") || reason.contains("minItems") => "is too short",
        _ if reason.contains("maxLength") || reason.contains("maxItems") => "is too long",
        _ => "is not valid",
    }
}

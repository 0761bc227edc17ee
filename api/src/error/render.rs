//! How an error becomes an answer: the error envelope of the contract, the headers that belong to it, and the one log
//! line for what went wrong inside.

use std::time::Duration;

use poem::{
    Response,
    error::ResponseError,
    http::{HeaderValue, StatusCode, header},
};
use poem_openapi::{
    ApiResponse, Object,
    payload::{Json, Payload as _},
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::Type as _,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::ApiError;

/// What went wrong.
#[derive(Debug, Object)]
pub struct ErrorBody {
    /// One of the codes of the contract, such as `NOT_FOUND`.
    pub code: String,
    /// For people.
    pub message: String,
    /// More for programs: a list of `{field, issue}` for `VALIDATION_ERROR`, the missing permission for `FORBIDDEN`.
    pub details: Option<Value>,
}

/// The envelope of every failure.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Failure {
    /// Always false.
    pub success: bool,
    /// What went wrong.
    pub error: ErrorBody,
    /// Names the log line.
    pub request_id: Uuid,
}

/// The answer to a request that failed with `error`.
#[must_use]
pub fn render(error: &ApiError, request_id: Uuid) -> Response {
    log(error);
    let body = json!({
        "success": false,
        "error": { "code": error.code(), "message": error.to_string(), "details": error.details() },
        "requestId": request_id,
    });
    let mut response = Response::builder()
        .status(error.status())
        .content_type("application/json; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .body(body.to_string());
    add_headers(&mut response, error);
    response
}

fn add_headers(response: &mut Response, error: &ApiError) {
    let headers = response.headers_mut();
    if let Some(wait) = error.retry_after() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds_rounded_up(wait).max(1)));
    }
    if error.status() == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let ApiError::MethodNotAllowed(methods) = error {
        // Method names are plain ASCII.
        if let Ok(allow) = HeaderValue::from_str(methods) {
            headers.insert(header::ALLOW, allow);
        }
    }
}

/// Rounded up, so that whoever waits that long does not come too early.
pub(crate) fn seconds_rounded_up(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// A client's mistake is no event for an operator; ours and our surroundings' are, each once.
fn log(error: &ApiError) {
    match error {
        ApiError::Internal(_) => tracing::error!(error = %platform::launch::chain(error), "request failed"),
        ApiError::Unavailable { .. } | ApiError::UpstreamFailed(_) | ApiError::UpstreamTimeout(_) => {
            tracing::warn!(error = %platform::launch::chain(error), "request failed");
        }
        _ => tracing::debug!(code = error.code(), "request refused"),
    }
}

impl ResponseError for ApiError {
    fn status(&self) -> StatusCode {
        Self::status(self)
    }

    /// Only for an error that leaves the middleware out, which none in production does.
    fn as_response(&self) -> Response {
        render(self, Uuid::nil())
    }
}

/// Every operation may fail; the document says once how that looks.
impl ApiResponse for ApiError {
    fn meta() -> MetaResponses {
        let schema = Failure::schema_ref();
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Any failure; the codes stand in this document's description",
                status: None,
                status_range: None,
                content: vec![MetaMediaType { content_type: Json::<Failure>::CONTENT_TYPE, schema }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        Failure::register(registry);
    }
}

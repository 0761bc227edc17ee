//! Which origins' pages may read our answers. Tokens travel in a header, never in cookies, so there are no credentials
//! to allow; an origin that is not on the list gets an answer without permission, which its browser then withholds.

use std::sync::Arc;

use poem::{
    Endpoint, Request, Response, Result,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
};

use crate::state::App;

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS: &str = "Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id";
const ANSWER_HEADERS: &str =
    "ETag, Retry-After, X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset";

/// How long a browser may remember a preflight answer, in seconds.
const MAX_AGE: &str = "600";

/// The layer.
#[derive(Clone)]
pub struct Cors {
    /// For the list.
    pub app: Arc<App>,
}

super::middleware!(
    /// See [`Cors`].
    Cors => CorsEndpoint
);

impl<E: Endpoint<Output = Response>> Endpoint for CorsEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let origin = request.headers().get(header::ORIGIN).cloned();
        let allowed = origin.filter(|origin| is_allowed(&self.layer.app, origin));
        let mut response = if is_preflight(&request) {
            preflight(allowed.is_some())
        } else {
            self.next.call(request).await?
        };
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = allowed {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            set(headers, header::ACCESS_CONTROL_EXPOSE_HEADERS, ANSWER_HEADERS);
        }
        Ok(response)
    }
}

/// Whether pages of `origin` may call.
pub(crate) fn is_allowed(app: &App, origin: &HeaderValue) -> bool {
    app.settings.api.allowed_origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
}

fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ORIGIN)
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight(allowed: bool) -> Response {
    let mut response = Response::builder().status(StatusCode::NO_CONTENT).finish();
    if allowed {
        let headers = response.headers_mut();
        set(headers, header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        set(headers, header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        set(headers, header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }
    response
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

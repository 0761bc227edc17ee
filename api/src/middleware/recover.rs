//! Turns every failure from further inside, whoever raised it, into the error envelope: handlers' errors, those of
//! extractors and router, and panics.

use std::{
    any::Any,
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering},
};

use futures_util::FutureExt as _;
use poem::{Endpoint, Error, PathPattern, Request, Response, Result, http::Method};

use crate::{
    call::Call,
    error::{ApiError, FieldIssue, refused_parameter, render},
    operations::{Operations, Route},
};

/// The layer.
#[derive(Clone)]
pub struct Recover {
    /// For methods, and for the real names of parameters and what they take.
    pub operations: Arc<Operations>,
}

super::middleware!(
    /// See [`Recover`].
    Recover => RecoverEndpoint
);

/// What a failed call was answered with, for the layers outside.
#[derive(Clone, Debug)]
pub struct FailedWith {
    /// The error's code.
    pub code: &'static str,
    /// The text that the client got, with every field that was wrong.
    pub message: String,
    /// The part of the installation that is away, where that is why.
    pub part: Option<&'static str>,
}

impl<E: Endpoint<Output = Response>> Endpoint for RecoverEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let call = Arc::clone(Call::of(&request)?);
        Ok(match AssertUnwindSafe(self.next.call(request)).catch_unwind().await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => self.layer.answer(error, &call),
            Err(panic) => failure(&ApiError::internal(format!("panic: {}", panic_text(&*panic))), &call),
        })
    }
}

impl Recover {
    fn answer(&self, error: Error, call: &Call) -> Response {
        let pattern = error.data::<PathPattern>().cloned();
        let route = pattern.as_ref().and_then(|pattern| self.operations.route(&pattern.0));
        let error = match call.overflowed.load(Ordering::Acquire) {
            0 => self.in_the_documents_words(error, route, call),
            limit => ApiError::PayloadTooLarge(limit),
        };
        let mut response = failure(&error, call);
        if let Some(pattern) = pattern {
            response.set_data(pattern);
        }
        response
    }

    /// Methods for `Allow`, parameters under their documented names, and what those take.
    fn in_the_documents_words(&self, error: Error, route: Option<&Route>, call: &Call) -> ApiError {
        let Some(route) = route else { return error.into() };
        if let Some(refused) = refused_parameter(&error) {
            let name = route.parameter_name(refused);
            let method = if call.method == Method::HEAD { &Method::GET } else { &call.method };
            let issue =
                self.operations.takes(method, &route.template, &name).unwrap_or("is not valid").to_owned();
            return ApiError::field(name, issue);
        }
        match error.into() {
            ApiError::MethodNotAllowed(_) => ApiError::MethodNotAllowed(route.allow.clone()),
            ApiError::Validation(issues) => {
                let renamed =
                    issues.into_iter().map(|i| FieldIssue::new(route.parameter_name(&i.field), i.issue));
                ApiError::Validation(renamed.collect())
            }
            other => other,
        }
    }
}

/// The answer to a call that failed, for any layer.
pub(crate) fn failure(error: &ApiError, call: &Call) -> Response {
    let mut response = render(error, call.id);
    let part = if let ApiError::Unavailable { part, .. } = error { Some(*part) } else { None };
    response.set_data(FailedWith { code: error.code(), message: told(error), part });
    response
}

/// The most wrong fields that are named.
const NAMED: usize = 10;

fn told(error: &ApiError) -> String {
    let ApiError::Validation(issues) = error else { return error.to_string() };
    let named: Vec<_> =
        issues.iter().take(NAMED).map(|wrong| format!("{} {}", wrong.field, wrong.issue)).collect();
    named.join("; ")
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let literal = panic.downcast_ref::<&str>().map(ToString::to_string);
    literal
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "of an unknown kind".to_owned())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::net::{IpAddr, Ipv4Addr};

    use poem::{EndpointExt as _, endpoint::make_sync, http::StatusCode};
    use serde_json::Value;
    use uuid::Uuid;

    use super::*;
    use crate::call::Bearer;

    #[tokio::test]
    async fn a_panic_is_an_internal_error_that_tells_nothing() {
        let endpoint = make_sync(|_| -> Response { panic!("secret detail") })
            .with(Recover { operations: Arc::default() });
        let mut request = Request::default();
        let call = Call::new(Uuid::now_v7(), IpAddr::V4(Ipv4Addr::LOCALHOST), &request, Bearer::Absent);
        request.set_data(Arc::new(call));
        let response = endpoint.call(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body: Value = response.into_body().into_json().await.unwrap();
        assert_eq!(body["error"]["code"], "INTERNAL");
        assert!(!body.to_string().contains("secret"), "{body}");
    }
}

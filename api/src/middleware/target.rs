//! Refuses NUL characters in paths and queries before any handler sees them: no parameter of ours may hold one, and
//! PostgreSQL would answer with an error that looks like ours.

use poem::{Endpoint, Request, Response, Result};

use crate::error::ApiError;

/// The layer.
#[derive(Clone)]
pub struct Target;

super::middleware!(
    /// See [`Target`].
    Target -> TargetEndpoint
);

impl<E: Endpoint<Output = Response>> Endpoint for TargetEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if request.uri().path().contains("%00") {
            return Err(ApiError::field("path", NUL).into());
        }
        if let Some(query) = request.uri().query().filter(|query| query.contains("%00")) {
            return Err(ApiError::field(named(query), NUL).into());
        }
        self.next.call(request).await
    }
}

const NUL: &str = "must not contain NUL characters";

/// The first parameter that holds one.
fn named(query: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let name = pairs.find(|(_, value)| value.contains('\0')).map(|(name, _)| name.into_owned());
    name.unwrap_or_else(|| "query".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameter_that_holds_a_nul_is_named() {
        assert_eq!(named("page=1&search=a%00b"), "search");
        assert_eq!(named("%00=1"), "query");
    }
}

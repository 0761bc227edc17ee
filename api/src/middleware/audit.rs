//! Writes the audit row of every changing call that has none when it ends: refused and failed ones, and those that
//! changed nothing. Calls over the rate limit do not come this far; they are only counted.

use std::sync::Arc;

use entity::Level;
use poem::{Endpoint, PathPattern, Request, Response, Result};

use super::recover::{FailedWith, failure};
use crate::{audit::Entry, call::Call, error::ApiError, operations::Operations, state::App};

/// The layer.
#[derive(Clone)]
pub struct Audit {
    /// Where rows go.
    pub app: Arc<App>,
    /// For the names of actions.
    pub operations: Arc<Operations>,
}

super::middleware!(
    /// See [`Audit`].
    Audit => AuditEndpoint
);

impl<E: Endpoint<Output = Response>> Endpoint for AuditEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let call = Arc::clone(Call::of(&request)?);
        let response = self.next.call(request).await?;
        if !call.is_mutating() || call.is_audited() {
            return Ok(response);
        }
        let entry = self.layer.entry(&response, &call);
        match entry.insert(&self.layer.app.db, &call).await {
            Ok(()) => Ok(response),
            // What was not written down must not have happened; a refusal stays a refusal.
            Err(error) if response.status().is_success() => Ok(failure(&ApiError::from(error), &call)),
            Err(error) => {
                tracing::warn!(%error, "a refused call has no audit row");
                Ok(response)
            }
        }
    }
}

impl Audit {
    fn entry(&self, response: &Response, call: &Call) -> Entry {
        let route = response.data::<PathPattern>().and_then(|pattern| self.operations.route(&pattern.0));
        let path = route.map_or("(no such path)", |route| &route.template);
        let (action, status) = (format!("{} {path}", call.method), response.status());
        match response.data::<FailedWith>() {
            Some(failed) => Entry::new(action, format!("Refused with {status}"))
                .severity(Level::Warning)
                .failed(format!("{}: {}", failed.code, failed.message)),
            None => Entry::new(action, format!("Answered with {status}")),
        }
    }
}

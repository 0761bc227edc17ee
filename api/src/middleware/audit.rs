//! Writes the audit row of every changing call that has none when it ends: refused and failed ones, and those that
//! changed nothing. Calls over the rate limit do not come this far; they are only counted.

use std::sync::Arc;

use entity::{
    Level,
    audit_log::{self, ActiveModel},
};
use poem::{Endpoint, PathPattern, Request, Response, Result};

use super::recover::{FailedWith, failure};
use crate::{
    audit::Entry,
    call::Call,
    error::ApiError,
    machinery::{AUDIT, within},
    operations::Operations,
    state::App,
};

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
        let row = self.layer.entry(&response, &call).row(&call);
        Ok(self.layer.write(row, response, &call).await)
    }
}

impl Audit {
    /// Writes the row before the answer goes out, or leaves it to the backlog: whoever was told that the database is away does
    /// not wait for it a second time.
    async fn write(&self, row: ActiveModel, response: Response, call: &Call) -> Response {
        let (db, backlog) = (&self.app.db, &self.app.audit);
        if response.status().is_success() {
            // What was not written down must not have happened.
            return match audit_log::append_once(db, row).await {
                Ok(()) => response,
                Err(error) => failure(&ApiError::from(error), call),
            };
        }
        let is_away = response.data::<FailedWith>().is_some_and(|failed| failed.part == Some("database"));
        if is_away || within(AUDIT, audit_log::append_once(db, row.clone())).await.is_err() {
            backlog.take(row);
        }
        response
    }

    fn entry(&self, response: &Response, call: &Call) -> Entry {
        let route = response.data::<PathPattern>().and_then(|pattern| self.operations.route(&pattern.0));
        let path = route.map_or("(no such path)", |route| &route.template);
        let (action, status) = (format!("{} {path}", call.method), response.status());
        match response.data::<FailedWith>() {
            Some(failed) => Entry::new(action, format!("{} was refused with {status}", call.path))
                .severity(Level::Warning)
                .failed(format!("{}: {}", failed.code, failed.message)),
            None => Entry::new(action, format!("Answered with {status}")),
        }
    }
}

//! One file a resource, each with one `Api` struct. A route checks its permission by its signature, calls one function
//! and wraps the answer. [`all`] is the list of them.

use std::sync::Arc;

use poem_openapi::{OpenApi, Tags};

use crate::state::App;

pub mod auth;
pub mod docs;
pub mod health;
pub mod metrics;
pub mod roles;
mod user_account;

/// Headings of the OpenAPI document.
#[derive(Tags)]
pub enum Tag {
    /// Signing in and staying signed in.
    Authentication,
    /// Users and roles.
    Users,
    /// Whether the system works.
    System,
}

/// Every documented route.
pub fn all(app: &Arc<App>) -> impl OpenApi + use<> {
    (auth::Api(Arc::clone(app)), roles::Api(Arc::clone(app)), health::Api(Arc::clone(app)))
}

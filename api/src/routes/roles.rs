//! `/roles`: what groups of users may do.

use std::sync::Arc;

use entity::role;
use poem_openapi::{Object, OpenApi};

use super::Tag;
use crate::{
    auth::{Auth, Myself},
    error::ApiError,
    polled::{IfNoneMatch, Polled, Prepared},
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

/// A role.
#[derive(Object)]
struct Role {
    /// Id, `ROLE-…`.
    id: String,
    /// Name for people.
    name: String,
    /// What it grants: `resource:action`, `resource:*` or `*`.
    permissions: Vec<String>,
    /// One sentence.
    description: String,
}

impl From<role::Model> for Role {
    fn from(role: role::Model) -> Self {
        Self { id: role.id, name: role.name, permissions: role.permissions.0, description: role.description }
    }
}

#[OpenApi(prefix_path = "/roles", tag = "Tag::Users")]
impl Api {
    /// All roles
    #[oai(path = "/", method = "get")]
    async fn list(
        &self,
        _auth: Auth<Myself>,
        #[oai(name = "If-None-Match")] known: IfNoneMatch,
    ) -> Result<Polled<Vec<Role>>, ApiError> {
        let roles = role::all(&self.0.db).await?;
        Ok(known.answer(Prepared::new(&roles.into_iter().map(Role::from).collect::<Vec<_>>())))
    }
}

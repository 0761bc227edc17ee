//! What one audit row says.

use chrono::Utc;
use entity::{
    Level,
    audit_log::{ActiveModel, Status, append},
};
use ipnetwork::IpNetwork;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::mask::masked;
use crate::call::Call;

/// One row in the making. The actor, the address and the request id come from the call.
#[derive(Clone, Debug)]
pub struct Entry {
    action: String,
    message: String,
    resource: Option<(String, String)>,
    old: Option<Value>,
    new: Option<Value>,
    severity: Level,
    error: Option<String>,
}

impl Entry {
    /// `action` is `resource.verb`, such as `camera.update`; `message` one sentence for people.
    #[must_use]
    pub fn new(action: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            message: message.into(),
            resource: None,
            old: None,
            new: None,
            severity: Level::Info,
            error: None,
        }
    }

    /// The thing that it was done to.
    #[must_use]
    pub fn on(mut self, resource_type: &str, id: &(impl ToString + ?Sized)) -> Self {
        self.resource = Some((resource_type.to_owned(), id.to_string()));
        self
    }

    /// The thing before; secrets are masked.
    #[must_use]
    pub fn before(mut self, value: &impl Serialize) -> Self {
        self.old = serde_json::to_value(value).ok().map(masked);
        self
    }

    /// The thing after; secrets are masked.
    #[must_use]
    pub fn after(mut self, value: &impl Serialize) -> Self {
        self.new = serde_json::to_value(value).ok().map(masked);
        self
    }

    /// How much it matters; `Info` where nothing is said.
    #[must_use]
    pub fn severity(mut self, severity: Level) -> Self {
        self.severity = severity;
        self
    }

    /// It was refused or failed, with this code and text.
    #[must_use]
    pub fn failed(mut self, error: impl Into<String>) -> Self {
        self.error = Some(error.into());
        self
    }

    pub(super) async fn insert(self, db: &impl ConnectionTrait, call: &Call) -> Result<(), DbErr> {
        append(db, self.row(call)).await.map(drop)
    }

    /// The row as it stands from now on, whenever it is written.
    pub(crate) fn row(self, call: &Call) -> ActiveModel {
        let actor = call.actor();
        let (resource_type, resource_id) = self.resource.unzip();
        ActiveModel {
            id: Set(Uuid::now_v7()),
            actor: Set(actor.name),
            user_id: Set(actor.user_id),
            actor_role: Set(actor.role),
            action: Set(self.action),
            resource_type: Set(resource_type),
            resource_id: Set(resource_id),
            message: Set(self.message),
            old_value: Set(self.old),
            new_value: Set(self.new),
            context: Set(Some(json!({ "method": call.method.as_str(), "path": call.path }))),
            severity: Set(self.severity),
            status: Set(if self.error.is_some() { Status::Failure } else { Status::Success }),
            error_message: Set(self.error),
            ip_address: Set(Some(IpNetwork::from(call.client))),
            user_agent: Set(call.user_agent.clone()),
            request_id: Set(call.id),
            timestamp: Set(Utc::now()),
            ..Default::default()
        }
    }
}

//! JSON-2, which Odoo speaks from version 19 on: named arguments, a bearer key, and real status codes.

use async_trait::async_trait;
use reqwest::StatusCode;
use serde_json::Value;

use crate::{
    call::{Call, Protocol},
    error::{OdooError, said},
    gateway::Connection,
    wire::{Answer, Wire},
};

/// A server and a key for it.
pub(crate) struct Json2 {
    wire: Wire,
    database: String,
    key: String,
}

impl Json2 {
    /// Shows the key, and finds out whether it is good.
    pub async fn sign_in(wire: Wire, to: &Connection) -> Result<Self, OdooError> {
        let signed_in = Self { wire, database: to.database.clone(), key: to.api_key.clone() };
        signed_in.call(&Call::of("res.users", "context_get")).await?;
        Ok(signed_in)
    }

    fn judge(&self, answer: &Answer) -> OdooError {
        let Some(error) = &answer.json else {
            // Without a database there is no such path, and what answers is the web site's page.
            return match answer.status {
                StatusCode::NOT_FOUND => OdooError::WrongDatabase(self.database.clone()),
                StatusCode::UNAUTHORIZED => OdooError::BadCredentials,
                _ => answer.not_json(),
            };
        };
        let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
        let (name, message) = (text("name"), said(text("message")));
        match answer.status {
            StatusCode::UNAUTHORIZED => OdooError::BadCredentials,
            _ if name.ends_with("AccessDenied") => OdooError::BadCredentials,
            StatusCode::FORBIDDEN => OdooError::NoRights(message),
            StatusCode::NOT_FOUND => OdooError::NotFound(message),
            StatusCode::UNPROCESSABLE_ENTITY => OdooError::Validation(message),
            _ if name.starts_with("psycopg2.") => {
                OdooError::unreachable("its own database is busy or away", false)
            }
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                OdooError::unreachable(format!("status {}", answer.status.as_u16()), true)
            }
            StatusCode::TOO_MANY_REQUESTS => OdooError::unreachable("status 429", false),
            status => OdooError::unexpected(format!("status {}, {} {message}", status.as_u16(), said(name))),
        }
    }
}

#[async_trait]
impl Protocol for Json2 {
    async fn call(&self, call: &Call) -> Result<Value, OdooError> {
        let path = format!("json/2/{}/{}", call.model, call.method);
        let answer = self.wire.post(&path, Some((&self.key, &self.database)), &call.body()).await?;
        if !answer.status.is_success() {
            return Err(self.judge(&answer));
        }
        answer.json.ok_or_else(|| OdooError::unreadable("a page instead of data"))
    }
}

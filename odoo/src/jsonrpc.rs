//! JSON-RPC, which every version from 16 to 19 speaks. The status is 200 whatever happened, and the number of an error says nothing
//! (200 up to 18, 0 in 19): its name tells what it is.

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::{
    call::{Call, Protocol},
    error::{OdooError, said},
    gateway::Connection,
    version::Version,
    wire::Wire,
};

/// A server to which one is signed in.
pub(crate) struct JsonRpc {
    wire: Wire,
    database: String,
    key: String,
    uid: i64,
}

impl JsonRpc {
    /// Asks for the version and signs in.
    pub async fn sign_in(wire: Wire, to: &Connection) -> Result<(Self, Version), OdooError> {
        let version = ask(&wire, &to.database, "common", "version", json!([])).await?;
        let version = Version::read(&version, "server_version_info", "server_version")
            .ok_or_else(|| OdooError::unexpected("a version that cannot be read"))?;
        let arguments = json!([to.database, to.username, to.api_key, {}]);
        let uid = ask(&wire, &to.database, "common", "authenticate", arguments).await?;
        // A bad login is no error to Odoo, but `false`.
        let uid = uid.as_i64().ok_or(OdooError::BadCredentials)?;
        Ok((Self { wire, database: to.database.clone(), key: to.api_key.clone(), uid }, version))
    }
}

#[async_trait]
impl Protocol for JsonRpc {
    async fn call(&self, call: &Call) -> Result<Value, OdooError> {
        let arguments = json!([
            self.database,
            self.uid,
            self.key,
            call.model,
            call.method,
            call.arguments(),
            call.keywords()
        ]);
        ask(&self.wire, &self.database, "object", "execute_kw", arguments).await
    }
}

async fn ask(
    wire: &Wire,
    database: &str,
    service: &str,
    method: &str,
    args: Value,
) -> Result<Value, OdooError> {
    let params = json!({ "service": service, "method": method, "args": args });
    let body = json!({ "jsonrpc": "2.0", "method": "call", "id": 1, "params": params });
    let answer = wire.post("jsonrpc", None, &body).await?;
    let Some(Value::Object(mut reply)) = answer.json else { return Err(answer.not_json()) };
    match reply.remove("error") {
        Some(error) => Err(judge(&error, service, database)),
        None if reply.contains_key("jsonrpc") => Ok(reply.remove("result").unwrap_or(Value::Null)),
        None => Err(OdooError::unreadable("JSON that is no JSON-RPC")),
    }
}

/// What an error is, by its name. Its `debug`, a traceback, is not looked at.
fn judge(error: &Value, service: &str, database: &str) -> OdooError {
    let data = error.get("data");
    let text = |key: &str| data.and_then(|data| data.get(key)).and_then(Value::as_str).unwrap_or_default();
    let (name, message) = (text("name"), said(text("message")));
    match name {
        "odoo.exceptions.AccessDenied" => OdooError::BadCredentials,
        "odoo.exceptions.AccessError" => OdooError::NoRights(message),
        "odoo.exceptions.ValidationError"
        | "odoo.exceptions.UserError"
        | "odoo.exceptions.RedirectWarning" => OdooError::Validation(message),
        "odoo.exceptions.MissingError" => OdooError::NotFound(message),
        "psycopg2.OperationalError" if is_no_database(service, &message) => {
            OdooError::WrongDatabase(database.to_owned())
        }
        _ if name.starts_with("psycopg2.") => {
            OdooError::unreachable("its own database is busy or away", false)
        }
        "" if message.is_empty() => OdooError::unexpected("an error that says nothing"),
        _ if message.is_empty() => OdooError::unexpected(said(name)),
        _ => OdooError::unexpected(format!("{}: {message}", said(name))),
    }
}

/// A database server that runs says in its own language that it has no such database; in trouble it speaks of its connections.
fn is_no_database(service: &str, message: &str) -> bool {
    const TROUBLE: [&str; 4] = ["refused", "starting up", "shutting down", "too many"];
    service == "common" && !TROUBLE.iter().any(|trouble| message.contains(trouble))
        || message.contains("does not exist") && message.contains("database")
}

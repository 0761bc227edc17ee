//! `POST /jsonrpc`: 200 for everything, errors by name.

use serde_json::{Map, Value, json};

use super::{
    Shared,
    exception::{Exception, Kind},
    front::{Asked, Reply, Request, new_records},
    methods::{self, Arguments},
};

/// A body as it was understood.
#[derive(Debug)]
pub(super) struct Envelope {
    id: Value,
    service: String,
    method: String,
    args: Vec<Value>,
}

impl Envelope {
    /// Reads a body; `None` where it is malformed.
    pub fn read(request: &Request) -> Option<Self> {
        let body: Value = serde_json::from_slice(&request.body).ok()?;
        let params = body.get("params")?;
        let text = |key: &str| params.get(key).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            id: body.get("id").cloned().unwrap_or_default(),
            service: text("service")?,
            method: text("method")?,
            args: params.get("args")?.as_array()?.clone(),
        })
    }

    pub fn asked(&self) -> Asked {
        let inner = self.args.get(4).and_then(Value::as_str).filter(|_| self.service == "object");
        let method = inner.unwrap_or(&self.method).to_owned();
        Asked { new: new_records(&method, self.args.get(5).and_then(|args| args.get(0))), method }
    }

    /// Does it.
    pub fn answer(&self, shared: &Shared) -> Reply {
        let outcome = match (self.service.as_str(), self.method.as_str()) {
            ("common", "version") => Ok(version(shared.setup.version)),
            ("common", "authenticate") => self.authenticate(shared),
            ("object", "execute_kw") => self.execute(shared),
            _ => Err(Exception::new(Kind::NoMethod, "Method not found")),
        };
        Reply::Json(200, self.wrap(shared.setup.version, outcome))
    }

    fn wrap(&self, version: u32, outcome: Result<Value, Exception>) -> Value {
        let mut reply = json!({ "jsonrpc": "2.0", "id": self.id });
        match outcome {
            // What returns nothing has no result up to 18.
            Ok(Value::Null) => {}
            Ok(result) => reply["result"] = result,
            Err(exception) => {
                reply["error"] = json!({
                    "code": if version >= 19 { 0 } else { 200 },
                    "message": "Odoo Server Error",
                    "data": {
                        "name": exception.name(), "message": exception.message, "arguments": [exception.message],
                        "context": {}, "debug": exception.traceback(),
                    },
                });
            }
        }
        reply
    }

    fn arg(&self, place: usize) -> Option<&str> {
        self.args.get(place).and_then(Value::as_str)
    }

    fn check_database(&self, shared: &Shared) -> Result<(), Exception> {
        let name = self.arg(0).unwrap_or_default();
        if name == shared.setup.database {
            return Ok(());
        }
        Err(Exception::new(Kind::NoDatabase, format!("FATAL:  database \"{name}\" does not exist\n")))
    }

    fn authenticate(&self, shared: &Shared) -> Result<Value, Exception> {
        self.check_database(shared)?;
        let setup = &shared.setup;
        let known = self.arg(1) == Some(&setup.login) && self.arg(2) == Some(&setup.api_key);
        Ok(if known && !shared.world().key_expired { json!(2) } else { json!(false) })
    }

    fn execute(&self, shared: &Shared) -> Result<Value, Exception> {
        self.check_database(shared)?;
        let mut world = shared.world();
        let is_user = self.args.get(1) == Some(&json!(2)) && self.arg(2) == Some(&shared.setup.api_key);
        if !is_user || world.key_expired {
            return Err(Exception::new(Kind::AccessDenied, "Access Denied"));
        }
        let (model, method) = (self.arg(3).unwrap_or_default(), self.arg(4).unwrap_or_default());
        if !["hr.attendance", "hr.employee", "res.users"].contains(&model) {
            return Err(Exception::new(Kind::UserError, format!("Object {model} doesn't exist")));
        }
        let (ids, named) = self.arguments(method)?;
        methods::call(&mut world, model, method, &ids, &named)
    }

    /// Arguments by place become ones by name.
    fn arguments(&self, method: &str) -> Result<(Vec<i64>, Arguments), Exception> {
        let mut named: Map<_, _> = self.args.get(6).and_then(Value::as_object).cloned().unwrap_or_default();
        let mut placed = self.args.get(5).and_then(Value::as_array).cloned().unwrap_or_default().into_iter();
        let (on_records, names): (bool, &[&str]) = match method {
            "create" => (false, &["vals_list"]),
            "write" => (true, &["vals"]),
            "unlink" => (true, &[]),
            "has_access" => (true, &["operation"]),
            "check_access_rights" => (false, &["operation", "raise_exception"]),
            _ => (false, &["domain", "fields", "offset", "limit", "order"]),
        };
        let ids = if on_records { placed.next() } else { None };
        let ids =
            ids.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_i64).collect();
        for (name, value) in names.iter().zip(placed) {
            named.insert((*name).to_owned(), value);
        }
        if method == "create" && !named.contains_key("vals_list") {
            return Err(Exception::new(Kind::ValueError, "tuple index out of range"));
        }
        Ok((ids, named))
    }
}

fn version(major: u32) -> Value {
    json!({
        "server_version": format!("{major}.0"), "server_version_info": [major, 0, 0, "final", 0, ""],
        "server_serie": format!("{major}.0"), "protocol_version": 1,
    })
}

//! `POST /json/2/<model>/<method>` of version 19: named arguments, real status codes, and a page where there is no such database.

use serde_json::{Value, json};

use super::{
    Shared,
    exception::{Exception, Kind},
    front::{Asked, Reply, Request, new_records},
    methods::{self, Arguments},
};

/// Model and method of a path.
fn target(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("/json/2/")?.split_once('/')
}

/// What the request asks for.
pub(super) fn asked(request: &Request) -> Asked {
    let method = target(&request.path).map_or(request.path.as_str(), |(_, method)| method).to_owned();
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    Asked { new: new_records(&method, body.get("vals_list")), method }
}

/// Does it.
pub(super) fn answer(request: &Request, shared: &Shared) -> Reply {
    if request.database.as_ref() != Some(&shared.setup.database) {
        return Reply::Page(404);
    }
    if !request.is_json {
        return failure(
            415,
            "werkzeug.exceptions.UnsupportedMediaType",
            "Request content type is not supported.",
            "",
        );
    }
    match call(request, shared) {
        Ok(result) => Reply::Json(200, result),
        Err(exception) => {
            let name = if exception.kind == Kind::AccessDenied {
                "werkzeug.exceptions.Unauthorized"
            } else {
                exception.name()
            };
            failure(exception.status(), name, &exception.message, &exception.traceback())
        }
    }
}

fn failure(status: u16, name: &str, message: &str, debug: &str) -> Reply {
    let body =
        json!({ "name": name, "message": message, "arguments": [message], "context": {}, "debug": debug });
    Reply::Json(status, body)
}

fn call(request: &Request, shared: &Shared) -> Result<Value, Exception> {
    let mut world = shared.world();
    if request.key.as_ref() != Some(&shared.setup.api_key) || world.key_expired {
        return Err(Exception::new(Kind::AccessDenied, "Invalid apikey"));
    }
    let unknown = || Exception::new(Kind::NoMethod, "Did you mean POST /json/2/<model>/<method>?");
    let (model, method) = target(&request.path).ok_or_else(unknown)?;
    let wrong = || Exception::new(Kind::ValueError, "could not parse the body as json");
    let mut named: Arguments = serde_json::from_slice(&request.body).map_err(|_| wrong())?;
    let ids = named.remove("ids").unwrap_or_default();
    let ids: Vec<_> = ids.as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
    methods::call(&mut world, model, method, &ids, &named)
}

//! The API's own operations, read from its OpenAPI document: which permission each declares, which rate limit it falls
//! under, what its parameters are called. The router's view (patterns) and the document's view (templates) meet here.

use std::{collections::HashMap, sync::Arc};

use poem::http::Method;
use serde_json::Value;

use crate::{
    auth::{PUBLIC, SIGN_IN},
    extract::{IdempotencyKey, expectation},
    polled::IfNoneMatch,
};

/// Which rate limit a call falls under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateClass {
    /// Everything else.
    Standard,
    /// Lists that browsers poll.
    Polled,
    /// Calls that enqueue a job.
    Enqueuing,
    /// Calls that try passwords or make accounts.
    SignIn,
}

/// One operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    /// HTTP method.
    pub method: Method,
    /// Path with parameters in braces, base path included.
    pub path: Arc<str>,
    /// What it declares: a permission, `self` or `public`.
    pub permission: String,
    /// Its rate limit.
    pub class: RateClass,
    /// What each parameter takes, by its name.
    takes: HashMap<String, String>,
}

/// A path of the router.
#[derive(Clone, Debug)]
pub struct Route {
    /// The path as the document writes it.
    pub template: Arc<str>,
    /// Methods that it takes, for `Allow`.
    pub allow: String,
    parameters: Vec<String>,
}

impl Route {
    /// The name that the document gives to the router's `param0`, `param1` and so on; other names stay as they are.
    #[must_use]
    pub fn parameter_name(&self, routers: &str) -> String {
        let index = routers.strip_prefix("param").and_then(|number| number.parse::<usize>().ok());
        index.and_then(|i| self.parameters.get(i)).cloned().unwrap_or_else(|| routers.to_owned())
    }
}

/// All operations.
#[derive(Debug, Default)]
pub struct Operations {
    all: Vec<Operation>,
    routes: HashMap<String, Route>,
    classed: Vec<Operation>,
}

impl Operations {
    /// Reads a document whose paths lie below `base`.
    ///
    /// # Errors
    /// An operation without a declaration, or with two: its name.
    pub fn read(document: &Value, base: &str) -> Result<Self, String> {
        let mut operations = Self::default();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            let template: Arc<str> = format!("{base}{path}").into();
            let mut methods = Vec::new();
            for (method, operation) in item.as_object().into_iter().flatten() {
                let method =
                    method.to_uppercase().parse::<Method>().map_err(|e| format!("{method} {path}: {e}"))?;
                let takes = parameters(document, operation);
                operations.add(Operation { takes, ..read_operation(method.clone(), &template, operation)? });
                methods.push(method);
            }
            operations.add_route(&template, &methods);
        }
        Ok(operations)
    }

    fn add(&mut self, operation: Operation) {
        if operation.class != RateClass::Standard {
            self.classed.push(operation.clone());
        }
        self.all.push(operation);
    }

    fn add_route(&mut self, template: &Arc<str>, methods: &[Method]) {
        let (pattern, parameters) = router_pattern(template);
        let mut allow: Vec<&str> = methods.iter().map(Method::as_str).collect();
        if methods.contains(&Method::GET) {
            allow.push("HEAD");
        }
        let route = Route { template: Arc::clone(template), allow: allow.join(", "), parameters };
        self.routes.insert(pattern, route);
    }

    /// Every operation.
    #[must_use]
    pub fn all(&self) -> &[Operation] {
        &self.all
    }

    /// The route that the router knows as `pattern`.
    #[must_use]
    pub fn route(&self, pattern: &str) -> Option<&Route> {
        self.routes.get(pattern)
    }

    /// What the parameter `name` of the operation takes, as one sentence of a refusal.
    #[must_use]
    pub fn takes(&self, method: &Method, template: &str, name: &str) -> Option<&str> {
        let found =
            self.all.iter().find(|operation| operation.method == method && *operation.path == *template)?;
        found.takes.get(name).map(String::as_str)
    }

    /// The rate limit of a call; HEAD counts as GET.
    #[must_use]
    pub fn class(&self, method: &Method, path: &str) -> RateClass {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let found = self.classed.iter().find(|o| o.method == method && matches(&o.path, path));
        found.map_or(RateClass::Standard, |operation| operation.class)
    }
}

fn read_operation(method: Method, path: &Arc<str>, operation: &Value) -> Result<Operation, String> {
    let declared: Vec<&String> = operation["security"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(|s| s.keys())
        .collect();
    let [declaration] = declared.as_slice() else {
        return Err(format!("{method} {path} must declare one permission and declares {declared:?}"));
    };
    let class = class_of(operation, declaration);
    let permission = if declaration.as_str() == SIGN_IN { PUBLIC.to_owned() } else { (*declaration).clone() };
    Ok(Operation { method, path: Arc::clone(path), permission, class, takes: HashMap::new() })
}

fn parameters(document: &Value, operation: &Value) -> HashMap<String, String> {
    let all = operation["parameters"].as_array().into_iter().flatten();
    let named = all.filter_map(|parameter| Some((parameter["name"].as_str()?, &parameter["schema"])));
    named.map(|(name, schema)| (name.to_owned(), expectation(document, schema))).collect()
}

fn class_of(operation: &Value, declaration: &str) -> RateClass {
    let takes = |header: &str| {
        operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|p| p["in"] == "header" && p["name"] == header)
    };
    if declaration == SIGN_IN {
        RateClass::SignIn
    } else if takes(IfNoneMatch::HEADER) {
        RateClass::Polled
    } else if takes(IdempotencyKey::HEADER) {
        RateClass::Enqueuing
    } else {
        RateClass::Standard
    }
}

/// `/cameras/{id}` as poem-openapi gives it to the router, `/cameras/:param0`, and the names in order.
fn router_pattern(template: &str) -> (String, Vec<String>) {
    let mut names = Vec::new();
    let segments: Vec<String> = template
        .split('/')
        .map(|segment| match parameter(segment) {
            Some(name) => {
                names.push(name.to_owned());
                format!(":param{}", names.len() - 1)
            }
            None => segment.to_owned(),
        })
        .collect();
    (segments.join("/"), names)
}

fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

fn matches(template: &str, path: &str) -> bool {
    let (mut expected, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (expected.next(), given.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b || (parameter(a).is_some() && !b.is_empty()) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    fn operations() -> Operations {
        let key = json!([{ "in": "header", "name": "Idempotency-Key" }]);
        let tag = json!([{ "in": "header", "name": "If-None-Match" }]);
        let document = json!({ "paths": {
            "/cameras": { "get": { "security": [{ "cameras:read": [] }], "parameters": tag } },
            "/cameras/{id}": { "get": { "security": [{ "cameras:read": [] }] }, "delete": { "security": [{ "cameras:delete": [] }] } },
            "/schedules/{name}/run": { "post": { "security": [{ "jobs:write": [] }], "parameters": key } },
            "/auth/login": { "post": { "security": [{ "sign-in": [] }] } },
        }});
        Operations::read(&document, "/api/v1").unwrap()
    }

    #[test]
    fn each_class_is_found_by_method_and_path() {
        let operations = operations();
        let class = |method: Method, path: &str| operations.class(&method, path);
        assert_eq!(class(Method::GET, "/api/v1/cameras"), RateClass::Polled);
        assert_eq!(class(Method::HEAD, "/api/v1/cameras"), RateClass::Polled);
        assert_eq!(class(Method::POST, "/api/v1/cameras"), RateClass::Standard);
        assert_eq!(class(Method::POST, "/api/v1/schedules/nightly/run"), RateClass::Enqueuing);
        assert_eq!(class(Method::POST, "/api/v1/schedules//run"), RateClass::Standard);
        assert_eq!(class(Method::POST, "/api/v1/auth/login"), RateClass::SignIn);
    }

    #[test]
    fn the_routers_pattern_leads_to_names_and_methods() {
        let operations = operations();
        let route = operations.route("/api/v1/cameras/:param0").unwrap();
        assert_eq!(route.parameter_name("param0"), "id");
        assert_eq!(route.parameter_name("pageSize"), "pageSize");
        assert_eq!(route.allow, "DELETE, GET, HEAD");
    }

    #[test]
    fn an_operation_without_a_declaration_is_refused() {
        let document = json!({ "paths": { "/x": { "get": {} } } });
        assert!(Operations::read(&document, "").unwrap_err().contains("GET /x"));
    }
}

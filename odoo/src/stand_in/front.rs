//! What a request asks for, and what an answer is, between HTTP and the two protocols.

use serde_json::Value;

/// A request as far as it matters.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub method: String,
    pub path: String,
    pub key: Option<String>,
    pub database: Option<String>,
    pub is_json: bool,
    pub body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reply {
    /// JSON.
    Json(u16, Value),
    /// A page for people.
    Page(u16),
    /// To another path.
    Redirect(&'static str),
    /// Of so many bytes.
    Huge(usize),
}

/// What is called, for faults and for the time that it takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Name of the method: `create`, `authenticate`, …; the path where it is none.
    pub method: String,
    /// Records to be made.
    pub new: usize,
}

/// How many records a call of `create` makes.
pub(super) fn new_records(method: &str, list: Option<&Value>) -> usize {
    let list = list.filter(|_| method == "create").and_then(Value::as_array);
    list.map_or(0, Vec::len)
}

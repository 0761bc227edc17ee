//! One call of a method of a model, in the terms that both protocols share.

use async_trait::async_trait;
use serde_json::{Map, Value, json};

use crate::error::OdooError;

/// A call. JSON-2 names every argument; JSON-RPC wants some of them by place, since `create` of version 16 and 17 looks at its
/// first one.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub model: &'static str,
    pub method: &'static str,
    /// Records that it is called on; `None` for a method of the model itself.
    pub ids: Option<Vec<i64>>,
    /// Arguments by place, each with its name.
    pub placed: Vec<(&'static str, Value)>,
    /// Arguments by name alone.
    pub named: Vec<(&'static str, Value)>,
    pub context: Map<String, Value>,
}

impl Call {
    /// A method of the model.
    pub fn of(model: &'static str, method: &'static str) -> Self {
        Self { model, method, ids: None, placed: Vec::new(), named: Vec::new(), context: Map::new() }
    }

    /// A method of records.
    pub fn on(model: &'static str, method: &'static str, ids: Vec<i64>) -> Self {
        Self { ids: Some(ids), ..Self::of(model, method) }
    }

    pub fn placed(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.placed.push((name, value.into()));
        self
    }

    pub fn named(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.named.push((name, value.into()));
        self
    }

    pub fn context(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.context.insert(key.to_owned(), value.into());
        self
    }

    /// `args` of JSON-RPC.
    pub fn arguments(&self) -> Value {
        let ids = self.ids.iter().map(|ids| json!(ids));
        ids.chain(self.placed.iter().map(|(_, value)| value.clone())).collect()
    }

    /// `kwargs` of JSON-RPC.
    pub fn keywords(&self) -> Value {
        self.with_context(self.named.iter())
    }

    /// The body of JSON-2.
    pub fn body(&self) -> Value {
        let mut body = self.with_context(self.placed.iter().chain(&self.named));
        if let Some(ids) = &self.ids {
            body["ids"] = json!(ids);
        }
        body
    }

    fn with_context<'a>(&self, arguments: impl Iterator<Item = &'a (&'static str, Value)>) -> Value {
        let mut all: Map<_, _> = arguments.map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        if !self.context.is_empty() {
            all.insert("context".to_owned(), Value::Object(self.context.clone()));
        }
        Value::Object(all)
    }
}

/// A way to call methods of a server that one is signed in to.
#[async_trait]
pub(crate) trait Protocol: Send + Sync {
    /// Calls it.
    async fn call(&self, call: &Call) -> Result<Value, OdooError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_call_is_written_for_both_protocols() {
        let call = Call::on("hr.attendance", "write", vec![7])
            .placed("vals", json!({ "check_out": false }))
            .context("tracking_disable", true);
        assert_eq!(call.arguments(), json!([[7], { "check_out": false }]));
        assert_eq!(call.keywords(), json!({ "context": { "tracking_disable": true } }));
        let body =
            json!({ "ids": [7], "vals": { "check_out": false }, "context": { "tracking_disable": true } });
        assert_eq!(call.body(), body);
    }
}

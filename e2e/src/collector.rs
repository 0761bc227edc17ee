//! A collector of traces: it takes OTLP over HTTP and keeps every span that reaches it.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1;
use prost::Message as _;
use testkit::provider::{Answer, Provider, provider};

/// A running collector; its port closes when this is dropped.
#[derive(Debug)]
pub struct Collector(Provider);

/// A finished span.
#[derive(Debug, Clone)]
pub struct Span {
    /// The program that made it.
    pub service: String,
    /// What was done.
    pub name: String,
    /// Its trace, in hexadecimal digits.
    pub trace: String,
    /// Its own id, in hexadecimal digits.
    pub id: String,
    /// The id of the span that caused it; empty for the first of a trace.
    pub parent: String,
    attributes: Vec<(String, String)>,
}

impl Span {
    /// A text or number that it carries.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn read(service: &str, span: v1::Span) -> Self {
        Self {
            service: service.to_owned(),
            name: span.name,
            trace: hex(&span.trace_id),
            id: hex(&span.span_id),
            parent: hex(&span.parent_span_id),
            attributes: span.attributes.into_iter().filter_map(pair).collect(),
        }
    }
}

impl Collector {
    /// Starts one.
    pub async fn start() -> Self {
        // An empty body is the answer of protobuf that says that everything was taken.
        Self(provider(Answer::Garbage(Vec::new())).await)
    }

    /// Its base URL.
    #[must_use]
    pub fn url(&self) -> String {
        self.0.url()
    }

    /// Every span so far.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        let sent = self.0.requests().into_iter().filter(|request| request.line == "POST /v1/traces");
        sent.flat_map(|request| read(&request.body)).collect()
    }
}

fn read(body: &[u8]) -> Vec<Span> {
    let mut spans = Vec::new();
    for resource in ExportTraceServiceRequest::decode(body).unwrap().resource_spans {
        let attributes = resource.resource.unwrap_or_default().attributes;
        let named = attributes.into_iter().filter_map(pair).find(|(name, _)| name == "service.name");
        let (_, service) = named.unwrap();
        let scopes = resource.scope_spans.into_iter();
        spans.extend(scopes.flat_map(|scope| scope.spans).map(|span| Span::read(&service, span)));
    }
    spans
}

fn pair(pair: KeyValue) -> Option<(String, String)> {
    let text = match pair.value?.value? {
        any_value::Value::StringValue(text) => text,
        any_value::Value::IntValue(number) => number.to_string(),
        _ => return None,
    };
    Some((pair.key, text))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

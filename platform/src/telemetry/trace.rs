//! Traces: which spans make them, and how one goes on in another process. A span of [`TARGET`] is for traces alone, so
//! that log lines stay short; the database's spans join them, but only inside a trace, or every poll would begin one.
//!
//! Nothing here does anything where no traces are exported.

use opentelemetry::{global, trace::TraceContextExt as _};
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_sdk::trace::SdkTracer;
use poem::http::{HeaderMap, HeaderName, HeaderValue};
use tracing::{Level, Metadata, Span, Subscriber, subscriber::Interest};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, dynamic_filter_fn},
    registry::LookupSpan,
};

/// Target of spans that are made for traces. Their fields follow OpenTelemetry's conventions; `otel.name`,
/// `otel.kind` and `otel.status_code` become what they say.
pub const TARGET: &str = "rollcall::trace";

/// Where sea-orm makes a span of each statement, with its text but never its values.
pub(super) const DATABASE: &str = "sea_orm::database";

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// What turns spans into traces.
pub(super) fn layer<S>(tracer: SdkTracer) -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let inside_a_trace = dynamic_filter_fn(|metadata: &Metadata<'_>, context| {
        let interest = interest(metadata);
        interest.is_always() || (interest.is_sometimes() && context.lookup_current().is_some())
    });
    tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(
            inside_a_trace
                .with_callsite_filter(|metadata| interest(metadata))
                .with_max_level_hint(LevelFilter::INFO),
        )
}

fn interest(metadata: &Metadata<'_>) -> Interest {
    let target = metadata.target();
    let wanted = metadata.is_span() && *metadata.level() <= Level::INFO;
    match wanted {
        true if target == TARGET => Interest::always(),
        true if target.starts_with(DATABASE) => Interest::sometimes(),
        true | false => Interest::never(),
    }
}

/// Makes `span`, which must not have been entered, a part of the trace that the message with these headers belongs to.
pub fn follow_headers(span: &Span, headers: &HeaderMap) {
    if span.is_disabled() || !headers.contains_key(TRACEPARENT) {
        return;
    }
    let parent = global::get_text_map_propagator(|p| p.extract(&HeaderExtractor(headers)));
    // It fails where there is no trace, and then there is nothing to follow.
    let _ = span.set_parent(parent);
}

/// The same for a message that carries nothing but the text of a `traceparent`.
pub fn follow(span: &Span, traceparent: Option<&str>) {
    if let Some(value) = traceparent.and_then(|text| HeaderValue::from_str(text).ok()) {
        follow_headers(span, &HeaderMap::from_iter([(TRACEPARENT, value)]));
    }
}

/// Gives a span the name that is known only at its end.
pub fn rename(span: &Span, name: String) {
    span.context().span().update_name(name);
}

/// What a request must carry so that its receiver's spans belong to the current trace.
#[must_use]
pub fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    let current = opentelemetry::Context::current();
    global::get_text_map_propagator(|p| p.inject_context(&current, &mut HeaderInjector(&mut headers)));
    headers
}

//! The trace that a job belongs to: the one of whoever asks for it, so that it ends with the job and not with the request.

use std::collections::HashMap;

use opentelemetry::global;

/// The current trace as a W3C `traceparent`; `None` outside of one, and where no traces are exported.
pub(crate) fn current() -> Option<String> {
    let mut carrier = HashMap::new();
    global::get_text_map_propagator(|propagator| propagator.inject(&mut carrier));
    carrier.remove("traceparent")
}

//! What the provider tells Prometheus: names and buckets of its metrics, and the place where they are recorded.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::matching::Verdict;
use crate::people::Counts;

/// Upper bounds, in seconds, around what pictures take.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

static METRICS: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts to record, once a process. `None` when the program around this library records metrics of its own.
pub(crate) fn start() -> Option<&'static PrometheusHandle> {
    METRICS.get_or_init(install).as_ref()
}

fn install() -> Option<PrometheusHandle> {
    let durations = Matcher::Suffix("duration_seconds".to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(durations, &BUCKETS).ok()?;
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).ok()?;
    describe();
    Some(handle)
}

/// Gives every metric its line of help.
fn describe() {
    describe_histogram!(
        "rollcall_provider_request_duration_seconds",
        "Time that a request took, by route and status"
    );
    describe_histogram!(
        "rollcall_provider_stage_duration_seconds",
        "Time that a stage of the work on a picture took"
    );
    describe_counter!("rollcall_provider_faces_total", "Faces in pictures by what was decided about them");
    describe_counter!(
        "rollcall_provider_overload_total",
        "Requests turned away because too many were waiting"
    );
    describe_gauge!("rollcall_provider_people", "People enrolled");
    describe_gauge!("rollcall_provider_images", "Pictures of the people enrolled");
    describe_gauge!("rollcall_provider_unreadable_people", "People on disk who cannot be read");
}

/// One answered request.
pub(crate) fn record_request(route: &'static str, status: u16, elapsed: Duration) {
    let labels = [("route", route.to_owned()), ("status", status.to_string())];
    histogram!("rollcall_provider_request_duration_seconds", &labels).record(elapsed);
}

/// Runs one stage of the work on a picture and records how long it took.
pub(crate) fn timed<T>(stage: &'static str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    record_stage(stage, start.elapsed());
    result
}

/// One stage of the work on a picture.
pub(crate) fn record_stage(stage: &'static str, elapsed: Duration) {
    histogram!("rollcall_provider_stage_duration_seconds", "stage" => stage).record(elapsed);
}

/// One face in a picture.
pub(crate) fn count_face(verdict: Verdict) {
    counter!("rollcall_provider_faces_total", "verdict" => verdict.name()).increment(1);
}

/// One request that was turned away because too many were in the house.
pub(crate) fn count_overload() {
    counter!("rollcall_provider_overload_total").increment(1);
}

/// How many are enrolled.
pub(crate) fn record_people(counts: Counts) {
    gauge!("rollcall_provider_people").set(counts.people as f64);
    gauge!("rollcall_provider_images").set(counts.images as f64);
    gauge!("rollcall_provider_unreadable_people").set(counts.unreadable as f64);
}

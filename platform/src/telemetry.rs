//! Log lines, metrics and traces. A line carries its span's fields (request id, job id); metrics are kept in the process
//! and rendered for Prometheus when somebody asks; traces go to a collector, where the settings name one.

mod export;
pub mod trace;

use std::{io::IsTerminal as _, time::Duration};

pub use export::{Export, ExportError};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer, filter::Directive, fmt, layer::SubscriberExt as _, registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use crate::{Settings, launch::Program, ops::signals, settings::LogFormat};

/// Upper bounds of histogram buckets in seconds: fine below 10 ms, where the queue and the live lists live.
const BUCKETS: &[f64] = &[
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    120.0,
];

/// Histograms grow between scrapes; this often they are folded.
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts logging as the settings say, and the export of traces over `runtime` where they name a collector.
///
/// # Errors
/// A collector that cannot be used; log lines are written all the same.
pub fn start(program: Program, settings: &Settings, runtime: &Handle) -> Result<Option<Export>, ExportError> {
    let export = settings
        .otlp_endpoint
        .as_deref()
        .map(|endpoint| Export::start(program.name, program.version, endpoint, runtime.clone()))
        .transpose();
    let tracer = export.as_ref().ok().and_then(Option::as_ref).map(Export::tracer);
    let registry = tracing_subscriber::registry().with(tracer.map(trace::layer)).with(lines(settings));
    // A second call, as in tests that run two servers in one process, keeps the first logger.
    let _ = registry.try_init();
    export
}

/// The writer of log lines.
fn lines<S>(settings: &Settings) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let writer = fmt::layer().with_writer(std::io::stderr);
    let filter = line_filter(&settings.log_filter);
    match settings.log_format {
        // Colours are for people who look on, not for files.
        LogFormat::Text => writer.with_ansi(std::io::stderr().is_terminal()).with_filter(filter).boxed(),
        LogFormat::Json => writer.json().with_filter(filter).boxed(),
    }
}

/// A filter that does not parse falls back to `info`. Spans of traces are none of a line's business.
fn line_filter(wanted: &str) -> EnvFilter {
    let filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    let without = |target: &str| format!("{target}=off").parse::<Directive>();
    [trace::TARGET, trace::DATABASE]
        .iter()
        .filter_map(|target| without(target).ok())
        .fold(filter, EnvFilter::add_directive)
}

/// Installs the recorder for metrics and keeps it tidy; must be called on a Tokio runtime.
///
/// # Errors
/// A recorder is installed already.
pub fn metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().set_buckets(BUCKETS)?.install_recorder()?;
    signals::describe();
    let tidy = handle.clone();
    tokio::spawn(async move {
        let mut every = tokio::time::interval(UPKEEP);
        loop {
            every.tick().await;
            tidy.run_upkeep();
        }
    });
    Ok(handle)
}

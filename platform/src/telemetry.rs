//! Log lines and metrics. A line carries its span's fields (request id, job id); metrics are kept in the process and
//! rendered for Prometheus when somebody asks.

use std::{io::IsTerminal as _, time::Duration};

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::{Settings, settings::LogFormat};

/// Upper bounds of histogram buckets in seconds: fine below 10 ms, where the queue and the live lists live.
const BUCKETS: &[f64] = &[
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    120.0,
];

/// Histograms grow between scrapes; this often they are folded.
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts logging as the settings say. A filter that does not parse falls back to `info`.
pub fn log(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log_filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    // A second call, as in tests that run two servers in one process, keeps the first logger.
    let _ = match settings.log_format {
        LogFormat::Text => {
            // Colours are for people who look on, not for files.
            let colours = std::io::stderr().is_terminal();
            registry.with(fmt::layer().with_ansi(colours).with_writer(std::io::stderr)).try_init()
        }
        LogFormat::Json => registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init(),
    };
}

/// Installs the recorder for metrics and keeps it tidy; must be called on a Tokio runtime.
///
/// # Errors
/// A recorder is installed already.
pub fn metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().set_buckets(BUCKETS)?.install_recorder()?;
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

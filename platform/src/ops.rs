//! The small port on which a worker or scheduler tells its health and metrics.

mod pulse;
pub mod signals;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use metrics::gauge;
use metrics_exporter_prometheus::PrometheusHandle;
use poem::{
    EndpointExt as _, IntoResponse as _, Response, Route, Server,
    endpoint::make_sync,
    http::StatusCode,
    listener::{Acceptor as _, Listener as _, TcpListener},
    web::Json,
};
use serde::Serialize;
use tokio::task::JoinHandle;

pub use self::pulse::Pulse;
use crate::Shutdown;

/// Whether a process can do its work now, and if not, why.
#[derive(Clone, Debug, Serialize)]
pub struct Readiness {
    /// `ready`, `degraded: …`, or what it waits for.
    pub status: String,
    /// Whether a load balancer or operator should count on it.
    #[serde(skip)]
    pub ready: bool,
}

impl Readiness {
    /// All is well.
    #[must_use]
    pub fn ready() -> Self {
        Self { status: "ready".to_owned(), ready: true }
    }

    /// It works on, but something is away: `reason` says what, and what that means.
    #[must_use]
    pub fn degraded(reason: &str) -> Self {
        Self { status: format!("degraded: {reason}"), ready: true }
    }

    /// Not now, because of `reason`.
    #[must_use]
    pub fn waiting(reason: impl Into<String>) -> Self {
        Self { status: reason.into(), ready: false }
    }
}

/// Serves `/health/live`, `/health/ready` and `/metrics` on `bind` until `shutdown`; answers with the real address.
///
/// # Errors
/// The address cannot be bound.
pub async fn serve(
    bind: SocketAddr,
    metrics: PrometheusHandle,
    readiness: impl Fn() -> Readiness + Send + Sync + 'static,
    shutdown: Shutdown,
) -> std::io::Result<(SocketAddr, JoinHandle<std::io::Result<()>>)> {
    let acceptor = TcpListener::bind(bind).into_acceptor().await?;
    let address = acceptor.local_addr().first().and_then(|a| a.as_socket_addr().copied()).unwrap_or(bind);
    let readiness = Arc::new(readiness);
    let asked = Arc::clone(&readiness);
    let app = Route::new()
        .at("/health/live", make_sync(|_| "ok"))
        .at("/health/ready", make_sync(move |_| ready_answer(&asked())))
        .at("/metrics", make_sync(move |_| exposition(&metrics, &readiness())))
        .map_to_response();
    tracing::info!(%address, "health and metrics");
    let server = Server::new_with_acceptor(acceptor).idle_timeout(Duration::from_secs(30));
    let stop = async move { shutdown.wait().await };
    let task = tokio::spawn(server.run_with_graceful_shutdown(app, stop, Some(Duration::from_secs(2))));
    Ok((address, task))
}

/// In the text format that Prometheus asks for by its version.
fn exposition(metrics: &PrometheusHandle, readiness: &Readiness) -> Response {
    gauge!("rollcall_ready").set(f64::from(u8::from(readiness.ready)));
    Response::builder().content_type("text/plain; version=0.0.4; charset=utf-8").body(metrics.render())
}

fn ready_answer(readiness: &Readiness) -> Response {
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Json(readiness).with_status(status).into_response()
}

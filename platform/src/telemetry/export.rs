//! Where finished spans go: in batches to an OpenTelemetry collector, as OTLP over HTTP. The exporter's own thread has no
//! runtime, so its requests run on the process's.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use opentelemetry::{KeyValue, global, trace::TracerProvider as _};
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{SdkTracer, SdkTracerProvider},
};
use tokio::runtime::Handle;

/// Longest time for one batch to reach the collector.
const EXPORT: Duration = Duration::from_secs(5);
/// Longest time at the end of the process for what is left: a collector that is away must not hold up the drain.
const FLUSH: Duration = Duration::from_secs(3);

/// Why spans cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// TLS roots or the like.
    #[error("the client for traces cannot be made")]
    Client(#[from] reqwest::Error),
    /// The endpoint, or another `OTEL_…` variable.
    #[error("OTEL_EXPORTER_OTLP_ENDPOINT cannot be used")]
    Exporter(#[from] ExporterBuildError),
}

/// The way out for spans, until it is closed.
#[derive(Debug)]
pub struct Export(SdkTracerProvider);

impl Export {
    /// Sends spans of the program `name` to the collector at `endpoint`, and has trace contexts read from and written
    /// into messages from now on (W3C Trace Context).
    pub(super) fn start(
        name: &'static str,
        version: &'static str,
        endpoint: &str,
        runtime: Handle,
    ) -> Result<Self, ExportError> {
        let client = reqwest::Client::builder().timeout(EXPORT).no_proxy().build()?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(OnRuntime { client, runtime })
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .build()?;
        let version = KeyValue::new("service.version", version);
        let resource = Resource::builder().with_service_name(name).with_attribute(version).build();
        global::set_text_map_propagator(TraceContextPropagator::new());
        Ok(Self(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
    }

    pub(super) fn tracer(&self) -> SdkTracer {
        self.0.tracer("rollcall")
    }

    /// Sends what is left; blocks for a few seconds at most. The runtime must still be there.
    pub fn close(self) {
        if let Err(error) = self.0.shutdown_with_timeout(FLUSH) {
            tracing::warn!(%error, "the last spans were not delivered");
        }
    }
}

#[derive(Debug)]
struct OnRuntime {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        self.runtime.spawn(send(client, request)).await?
    }
}

async fn send(client: reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let answer = client.execute(request.try_into()?).await?;
    let mut copy = Response::builder().status(answer.status());
    if let Some(headers) = copy.headers_mut() {
        headers.clone_from(answer.headers());
    }
    Ok(copy.body(answer.bytes().await?)?)
}

//! What all calls share, whatever the kind: leave of the circuit breaker, a bound on calls in flight, a time limit, a
//! bound on the answer, and the measurements.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use platform::{outbound::HttpClient, telemetry::trace};
use reqwest::{RequestBuilder, StatusCode};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use tracing::{Instrument as _, Span, field::Empty};
use url::Url;

use crate::answer;
use crate::config::ProviderConfig;
use crate::error::ProviderError;
use crate::face::Recognition;
use crate::kinds::{Condition, Endpoint, Kind, kind_named};
use crate::recogniser::{Checkup, Health, ProviderStatus, Recogniser};
use crate::standing::Standing;

/// The largest answer taken, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// A client of one provider under one configuration.
#[derive(Debug)]
pub(crate) struct Client {
    kind: &'static dyn Kind,
    base: Url,
    api_key: Option<String>,
    timeout: Duration,
    http: HttpClient,
    in_flight: Semaphore,
    standing: Arc<Standing>,
}

impl Client {
    pub fn new(
        config: &ProviderConfig,
        http: HttpClient,
        standing: Arc<Standing>,
    ) -> Result<Self, ProviderError> {
        let kind = kind_named(&config.kind).ok_or_else(|| ProviderError::UnknownKind(config.kind.clone()))?;
        let base = Url::parse(&config.endpoint).map_err(|_| ProviderError::BadConfig("endpoint"))?;
        let is_printable = |key: &String| key.bytes().all(|byte| (0x20..0x7F).contains(&byte));
        if !config.api_key.iter().all(is_printable) {
            return Err(ProviderError::BadConfig("API key"));
        }
        Ok(Self {
            kind,
            base,
            api_key: config.api_key.clone(),
            timeout: config.timeout,
            http,
            in_flight: Semaphore::new(kind.max_in_flight()),
            standing,
        })
    }

    fn endpoint(&self) -> Endpoint<'_> {
        Endpoint { client: &self.http, base: &self.base, api_key: self.api_key.as_deref() }
    }

    async fn slot(&self) -> Result<SemaphorePermit<'_>, ProviderError> {
        let slot = timeout(self.timeout, self.in_flight.acquire()).await;
        slot.ok().and_then(Result::ok).ok_or(ProviderError::Busy)
    }

    /// Sends a request and reads its answer, both within the time limit.
    async fn exchange(&self, request: RequestBuilder) -> Result<(StatusCode, Bytes), ProviderError> {
        let exchange = async {
            let answer = request.headers(trace::headers()).send().await?;
            let status = answer.status();
            Ok((status, bounded_body(answer).await?))
        };
        timeout(self.timeout, exchange).await.unwrap_or(Err(ProviderError::TimedOut(self.timeout)))
    }

    async fn ask(&self, jpeg: Bytes, camera_id: &str) -> Result<Recognition, ProviderError> {
        let asked = Instant::now();
        let (status, body) = self.exchange(self.kind.recognise(&self.endpoint(), jpeg, camera_id)?).await?;
        self.kind.judge(status, &body)?;
        let raw = answer::json(&body)?;
        let faces = self.kind.faces(&raw)?;
        Ok(Recognition { faces, raw: answer::storable(raw), latency: asked.elapsed() })
    }

    /// The call's span in the trace of the job that makes it.
    fn traced(&self) -> Span {
        tracing::info_span!(
            target: trace::TARGET,
            "recognise",
            otel.name = format!("recognise {}", self.kind.name()),
            otel.kind = "client",
            otel.status_code = Empty,
            otel.status_description = Empty,
            server.address = self.base.host_str(),
            server.port = self.base.port_or_known_default(),
        )
    }

    fn measure(&self, asked: Instant, answer: &Result<Recognition, ProviderError>) {
        let outcome = answer.as_ref().map_or_else(ProviderError::label, |_| "ok");
        metrics::histogram!("rollcall_provider_duration_seconds", "kind" => self.kind.name(), "outcome" => outcome)
            .record(asked.elapsed().as_secs_f64());
    }
}

#[async_trait]
impl Recogniser for Client {
    async fn recognise(&self, jpeg: Bytes, camera_id: &str) -> Result<Recognition, ProviderError> {
        let _slot = self.slot().await?;
        let asked = Instant::now();
        let call =
            self.standing.begin(asked).map_err(|retry_after| ProviderError::CircuitOpen { retry_after })?;
        let traced = self.traced();
        let answer = self.ask(jpeg, camera_id).instrument(traced.clone()).await;
        self.measure(asked, &answer);
        if let Err(error) = &answer {
            traced.record("otel.status_code", "ERROR");
            traced.record("otel.status_description", error.label());
        }
        match &answer {
            Ok(recognition) => call.succeeded(recognition.latency),
            Err(error) if error.is_providers_fault() => call.failed(),
            Err(_) => drop(call),
        }
        answer
    }

    async fn health(&self) -> Result<Health, ProviderError> {
        let asked = Instant::now();
        let (status, body) = self.exchange(self.kind.health(&self.endpoint())?).await?;
        let condition = self.kind.judge_health(status, &body)?;
        Ok(Health { latency: asked.elapsed(), condition })
    }

    async fn check_up(&self) -> Checkup {
        let (status, latency, message) = match self.health().await {
            Ok(Health { latency, condition }) => {
                let (status, message) = verdict(condition, self.status());
                (status, Some(latency), message.to_owned())
            }
            Err(error) => (ProviderStatus::Offline, None, error.to_string()),
        };
        Checkup { status, latency, message }
    }

    fn status(&self) -> ProviderStatus {
        self.standing.status(self.timeout, Instant::now())
    }

    fn average_latency(&self) -> Option<Duration> {
        self.standing.average_latency()
    }
}

/// What the check says and what the last calls say; the worse of the two.
fn verdict(condition: Condition, by_calls: ProviderStatus) -> (ProviderStatus, &'static str) {
    match (condition, by_calls) {
        (_, ProviderStatus::Offline) => {
            (by_calls, "the provider answers its health check, but failed the last calls")
        }
        (Condition::Ailing(complaint), _) => (ProviderStatus::Degraded, complaint),
        (Condition::Well, ProviderStatus::Degraded) => {
            (by_calls, "the provider answers, but is slow or failed some of the last calls")
        }
        (Condition::Well, ProviderStatus::Connected) => (by_calls, "the provider is well"),
    }
}

async fn bounded_body(mut answer: reqwest::Response) -> Result<Bytes, ProviderError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(ProviderError::TooLarge(MAX_ANSWER));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

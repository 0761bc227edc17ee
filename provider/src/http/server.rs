//! The server: routes, and what lies around all of them.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use poem::error::{MethodNotAllowedError, ResponseError as _};
use poem::{Endpoint, EndpointExt, IntoResponse, Request, Response, Route, Server, delete, get, post, put};
use tokio::net::TcpListener;

use super::acceptor::PromptAcceptor;
use super::admission::Service;
use super::error::{ApiError, uniform};
use super::key::ApiKey;
use super::{detect, encode, health, people, verify};
use crate::observation;
use crate::recogniser::Recogniser;
use crate::settings::Settings;

/// A connection on which nothing happens is closed after this time.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// Time that running requests get when the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);
/// How often what was measured is folded into histograms.
const UPKEEP: Duration = Duration::from_secs(5);

/// Serves until `stop` is ready, then finishes what is running.
///
/// # Errors
/// `io::Error` when the listener cannot be used.
pub async fn serve(
    settings: &Settings,
    recogniser: Recogniser,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    if let Some(metrics) = observation::start() {
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(UPKEEP);
            loop {
                ticks.tick().await;
                metrics.run_upkeep();
            }
        });
    }
    observation::record_people(recogniser.people().counts());
    let service = Arc::new(Service::new(recogniser, settings.workers, settings.max_in_flight));
    let server = Server::new_with_acceptor(PromptAcceptor::new(listener)?).idle_timeout(IDLE_TIMEOUT);
    server
        .run_with_graceful_shutdown(routes(service, settings.api_key.as_ref()), stop, Some(DRAIN_TIMEOUT))
        .await
}

fn routes(service: Arc<Service>, key: Option<&ApiKey>) -> impl Endpoint + use<> {
    let guarded = |endpoint| guard(endpoint, key.cloned());
    let person = put(observe("/people/{id}", people::enrol)).delete(observe("/people/{id}", people::forget));
    let image = delete(observe("/people/{id}/images/{ref}", people::forget_image));
    Route::new()
        .at("/detect", allow("POST", guarded(post(observe("/detect", detect::detect)))))
        .at("/encode", allow("POST", guarded(post(observe("/encode", encode::encode)))))
        .at("/verify", allow("POST", guarded(post(observe("/verify", verify::verify)))))
        .at("/people", allow("GET, HEAD", guarded(get(observe("/people", people::list)))))
        .at("/people/:id", allow("PUT, DELETE", guarded(person)))
        .at("/people/:id/images/:reference", allow("DELETE", guarded(image)))
        .at("/health", allow("GET, HEAD", get(health::health)))
        .at("/health/live", allow("GET, HEAD", get(health::health)))
        .at("/health/ready", allow("GET, HEAD", get(health::health)))
        .at("/metrics", allow("GET, HEAD", get(health::metrics)))
        .data(service)
        .catch_all_error(|error| async move { uniform(error) })
}

/// Asks for the API key, if there is one.
fn guard(endpoint: impl Endpoint + 'static, key: Option<ApiKey>) -> impl Endpoint<Output = Response> {
    endpoint.around(move |endpoint, request: Request| {
        let allowed = key.as_ref().map_or(Ok(()), |key| key.check(&request));
        async move {
            allowed?;
            endpoint.call(request).await.map(IntoResponse::into_response)
        }
    })
}

/// Names the methods that there are to a caller who used another one (RFC 9110, 15.5.6).
fn allow(methods: &'static str, endpoint: impl Endpoint + 'static) -> impl Endpoint<Output = Response> {
    endpoint.catch_error(move |_: MethodNotAllowedError| async move {
        ApiError::MethodNotAllowed(methods).as_response()
    })
}

/// Records how long each answer takes.
fn observe(route: &'static str, endpoint: impl Endpoint + 'static) -> impl Endpoint<Output = Response> {
    endpoint.around(move |endpoint, request| async move {
        let start = Instant::now();
        let response = endpoint.call(request).await.map_or_else(uniform, IntoResponse::into_response);
        observation::record_request(route, response.status().as_u16(), start.elapsed());
        Ok(response)
    })
}

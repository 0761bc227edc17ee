//! The outermost layer: names the call, finds out where it comes from and whose token it carries, and writes down how
//! long it took. Everything inside finds the result as [`Call`].

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Instant,
};

use ipnetwork::IpNetwork;
use platform::telemetry::trace;
use poem::{
    Endpoint, PathPattern, Request, Response, Result,
    http::{HeaderValue, header},
};
use tracing::{Instrument as _, Span, field::Empty};
use uuid::Uuid;

use crate::{
    auth::TokenKeys,
    call::{Bearer, Call},
    operations::Operations,
    state::App,
    ws,
};

/// Name of the header that carries the request id both ways.
pub const REQUEST_ID: &str = "x-request-id";

/// The layer.
#[derive(Clone)]
pub struct Entrance {
    /// Settings and keys.
    pub app: Arc<App>,
    /// For the routes' names in metrics.
    pub operations: Arc<Operations>,
}

super::middleware!(
    /// See [`Entrance`].
    Entrance => EntranceEndpoint
);

impl<E: Endpoint<Output = Response>> Endpoint for EntranceEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let started = Instant::now();
        let call = Arc::new(identify(&request, &self.layer.app));
        request.set_data(Arc::clone(&call));
        request.set_data(Arc::clone(&self.layer.app));
        let span =
            tracing::info_span!("call", request_id = %call.id, method = %call.method, path = %call.path);
        let traced = traced(&call, &request);
        let answering = self.next.call(request).instrument(span).instrument(traced.clone());
        let mut response = answering.await?;
        if let Ok(id) =
            HeaderValue::from_str(call.id.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()))
        {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        let route = self.layer.route(&response);
        end_trace(&traced, &call, &route, &response);
        record(route, &response, started);
        Ok(response)
    }
}

impl Entrance {
    fn route(&self, response: &Response) -> Arc<str> {
        let pattern = response.data::<PathPattern>().map(|pattern| &*pattern.0);
        match pattern {
            Some(pattern) => self
                .operations
                .route(pattern)
                .map_or_else(|| pattern.into(), |route| Arc::clone(&route.template)),
            // One name for whatever does not exist, or a scanner would fill the metrics.
            None => Arc::from("none"),
        }
    }
}

fn record(route: Arc<str>, response: &Response, started: Instant) {
    let status = response.status().as_str().to_owned();
    metrics::histogram!("rollcall_http_request_duration_seconds", "route" => route, "status" => status)
        .record(started.elapsed());
}

/// The call's span in its trace, which a caller may have begun.
fn traced(call: &Call, request: &Request) -> Span {
    let span = tracing::info_span!(
        target: trace::TARGET,
        "request",
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = %call.method,
        http.route = Empty,
        http.response.status_code = Empty,
        request_id = %call.id,
    );
    trace::follow_headers(&span, request.headers());
    span
}

fn end_trace(span: &Span, call: &Call, route: &str, response: &Response) {
    if span.is_disabled() {
        return;
    }
    trace::rename(span, format!("{} {route}", call.method));
    span.record("http.route", route);
    span.record("http.response.status_code", response.status().as_u16());
    if response.status().is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}

fn identify(request: &Request, app: &App) -> Call {
    let id =
        request.header(REQUEST_ID).and_then(|text| Uuid::parse_str(text).ok()).unwrap_or_else(Uuid::now_v7);
    let client = client_address(request, &app.settings.api.trusted_proxies);
    Call::new(id, client, request, bearer(request, &app.tokens))
}

fn bearer(request: &Request, keys: &TokenKeys) -> Bearer {
    let in_query = request.uri().path() == ws::PATH;
    let token = if in_query { ws::token_of(request) } else { token_of(request).map(str::to_owned) };
    let Some(token) = token else { return Bearer::Absent };
    match keys.read(&token) {
        Ok(claims) => Bearer::Valid(claims),
        Err(error) => Bearer::Refused(error),
    }
}

fn token_of(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn client_address(request: &Request, trusted: &[IpNetwork]) -> IpAddr {
    let peer =
        request.remote_addr().as_socket_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), SocketAddr::ip);
    let reported =
        request.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    believed_address(peer, reported, trusted)
}

/// The peer, or, where it is a trusted proxy, the last address of `X-Forwarded-For` that is none: every proxy appends
/// whom it saw, so what stands before an untrusted one is hearsay.
fn believed_address<'a>(
    peer: IpAddr,
    reported: impl Iterator<Item = &'a str>,
    trusted: &[IpNetwork],
) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(peer) {
        return peer;
    }
    let chain: Vec<&str> = reported.flat_map(|list| list.split(',')).map(str::trim).collect();
    let known = chain.iter().rev().map_while(|text| text.parse().ok());
    known.into_iter().find(|address| !is_trusted(*address)).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn seen(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let trusted: Vec<IpNetwork> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        believed_address(peer.parse().unwrap(), std::iter::once(forwarded), &trusted).to_string()
    }

    #[test]
    fn a_stranger_cannot_choose_an_address() {
        assert_eq!(seen("203.0.113.9", "10.0.0.1", &[]), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_is_believed_about_the_last_stranger_only() {
        assert_eq!(seen("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", "1.1.1.1, nonsense", &["10.0.0.0/8"]), "10.0.0.1");
    }
}

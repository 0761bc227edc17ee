//! `/metrics` for Prometheus, for the addresses that the settings name.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use poem::{Endpoint, Response, endpoint::make_sync};

use crate::{call::Call, error::ApiError, state::App};

/// The endpoint.
pub fn endpoint(app: Arc<App>, metrics: PrometheusHandle) -> impl Endpoint<Output = Response> {
    make_sync(move |request| {
        let client = Call::of(&request)?.client;
        if !app.settings.api.metrics_allow.iter().any(|network| network.contains(client)) {
            return Err(poem::Error::from(ApiError::Refused("this address may not read metrics")));
        }
        Ok(Response::builder()
            .content_type("text/plain; version=0.0.4; charset=utf-8")
            .body(metrics.render()))
    })
}

//! The application: every route, and around them the layers of [`crate::middleware`].

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use poem::{
    Endpoint, EndpointExt as _, IntoResponse, Response, Result, Route,
    endpoint::{make, make_sync},
    get,
};

use crate::{
    middleware::{
        audit::Audit, body_limit::BodyLimit, compression::Compression, cors::Cors, entrance::Entrance,
        rate_limit::RateLimit, recover::Recover, target::Target,
    },
    openapi::{self, BASE_PATH, Published},
    routes,
    state::{App, StartError},
    ws,
};

/// Builds the application.
///
/// # Errors
/// An operation that does not declare exactly one permission.
pub fn build(app: &Arc<App>, metrics: PrometheusHandle) -> Result<impl Endpoint + use<>, StartError> {
    let service = openapi::service(routes::all(app));
    let Published { document, page, page_policy, operations } = openapi::publish(&service)?;
    let operations = Arc::new(operations);
    let routes = Route::new()
        .nest(BASE_PATH, service)
        .at("/openapi.json", get(routes::docs::document(document)))
        .at("/docs", get(routes::docs::page(page, page_policy)))
        .at("/metrics", get(routes::metrics::endpoint(Arc::clone(app), metrics)))
        .at(ws::PATH, get(ws::endpoint(Arc::clone(app))))
        .at("/health/live", get(make_sync(|_| routes::health::live())))
        .at("/health/ready", get(ready(app)))
        .at("/health", get(ready(app)));
    Ok(routes
        .with(BodyLimit)
        .with(Target)
        .with(Recover { operations: Arc::clone(&operations) })
        .with(Audit { app: Arc::clone(app), operations: Arc::clone(&operations) })
        .with(RateLimit::new(app, Arc::clone(&operations)))
        .with(Compression)
        .with(Cors { app: Arc::clone(app) })
        .with(Entrance { app: Arc::clone(app), operations }))
}

fn ready(app: &Arc<App>) -> impl Endpoint<Output = Response> + use<> {
    let app = Arc::clone(app);
    make(move |_| {
        let app = Arc::clone(&app);
        async move { routes::health::ready(&app).await.map(IntoResponse::into_response) }
    })
}

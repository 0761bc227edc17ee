//! `GET /health` and `GET /metrics`: open to everybody, as monitoring expects.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{Response, handler};
use serde::Serialize;

use super::admission::Service;
use crate::engine::MODEL;
use crate::observation;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    /// `degraded`: some people's files could not be read, they have to be enrolled again.
    status: &'static str,
    version: &'static str,
    model: &'static str,
    people: usize,
    images: usize,
    unreadable_people: usize,
}

#[handler]
pub(super) fn health(Data(service): Data<&Arc<Service>>) -> Json<impl Serialize + use<>> {
    let counts = service.recogniser.people().counts();
    Json(Answer {
        status: if counts.unreadable == 0 { "ok" } else { "degraded" },
        version: env!("CARGO_PKG_VERSION"),
        model: MODEL,
        people: counts.people,
        images: counts.images,
        unreadable_people: counts.unreadable,
    })
}

#[handler]
pub(super) fn metrics() -> Response {
    match observation::start() {
        Some(metrics) => Response::builder().content_type("text/plain; version=0.0.4").body(metrics.render()),
        None => Response::builder().status(StatusCode::NOT_FOUND).finish(),
    }
}

//! The cameras as a file that an import takes back unchanged. A file travels, so credentials are `***` in it; an import
//! into the same installation keeps the stored ones.

use entity::{
    Page,
    camera::{self, Direction, Filter, Model, Status, StreamType},
};
use poem::{Body, IntoResponse, Response, http::header};
use poem_openapi::{
    ApiResponse,
    payload::{Json, Payload as _},
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::Type as _,
};
use serde::Serialize;

use super::{camera::shown_address, fields::NewCamera};
use crate::{error::ApiError, state::App};

/// One entry: what people may set, and nothing that is measured.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    name: String,
    location: String,
    stream_type: StreamType,
    stream_url: String,
    status: Status,
    ip_address: Option<String>,
    tags: Vec<String>,
    enabled: bool,
    direction: Direction,
    capture_interval_seconds: Option<i32>,
}

/// Every living camera.
///
/// # Errors
/// The database's.
pub async fn export(app: &App) -> Result<Export, ApiError> {
    let all = Page { number: 1, size: i64::MAX.unsigned_abs() };
    let rows = camera::rows(&app.db, &Filter::default(), all).await?;
    let rows: Vec<Row> = rows.into_iter().map(|row| entry(app, row)).collect();
    Ok(Export(serde_json::to_vec_pretty(&rows).map_err(ApiError::internal)?))
}

fn entry(app: &App, row: Model) -> Row {
    Row {
        stream_url: shown_address(app, &row, false),
        id: row.id,
        name: row.name,
        location: row.location,
        stream_type: row.stream_type,
        status: row.status,
        ip_address: row.ip_address.map(|network| network.ip().to_string()),
        tags: row.tags.0,
        enabled: row.enabled,
        direction: row.direction,
        capture_interval_seconds: row.capture_interval_seconds,
    }
}

/// The file.
pub struct Export(Vec<u8>);

impl IntoResponse for Export {
    fn into_response(self) -> Response {
        Response::builder()
            .content_type("application/json; charset=utf-8")
            .header(header::CONTENT_DISPOSITION, "attachment; filename=\"cameras.json\"")
            .header(header::CACHE_CONTROL, "no-store")
            .body(Body::from(self.0))
    }
}

impl ApiResponse for Export {
    fn meta() -> MetaResponses {
        let schema = Vec::<NewCamera>::schema_ref();
        MetaResponses {
            responses: vec![MetaResponse {
                description: "A file with the list that an import takes; not wrapped in an envelope",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType { content_type: Json::<Vec<NewCamera>>::CONTENT_TYPE, schema }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        Vec::<NewCamera>::register(registry);
    }
}

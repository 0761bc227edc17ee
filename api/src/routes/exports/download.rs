//! The way to a file: a redirect, since files are served by object storage.

use poem::{
    IntoResponse, Response,
    http::{StatusCode, header},
};
use poem_openapi::{
    ApiResponse,
    registry::{MetaResponses, Registry},
};

use crate::envelope::bare;

/// 302 to an address.
pub struct Elsewhere(pub String);

impl IntoResponse for Elsewhere {
    fn into_response(self) -> Response {
        Response::builder()
            .status(StatusCode::FOUND)
            .header(header::LOCATION, self.0)
            .header(header::CACHE_CONTROL, "no-store")
            .finish()
    }
}

impl ApiResponse for Elsewhere {
    fn meta() -> MetaResponses {
        MetaResponses { responses: vec![bare(StatusCode::FOUND, "The file is there")] }
    }

    fn register(_: &mut Registry) {}
}

//! `/docs` and `/openapi.json`: the API's description of itself, for people and for programs. The page needs no
//! foreign host, and a policy in its header holds it to that.

use bytes::Bytes;
use poem::{
    Endpoint, Response,
    endpoint::make_sync,
    http::{StatusCode, header},
};

use crate::envelope::json_response;

/// The document.
pub fn document(text: String) -> impl Endpoint<Output = Response> {
    let text = Bytes::from(text);
    make_sync(move |_| json_response(StatusCode::OK, text.clone()))
}

/// The page, under `policy`.
pub fn page(html: String, policy: String) -> impl Endpoint<Output = Response> {
    let html = Bytes::from(html);
    make_sync(move |_| {
        Response::builder()
            .content_type("text/html; charset=utf-8")
            .header(header::CONTENT_LENGTH, html.len())
            .header(header::CONTENT_SECURITY_POLICY, &*policy)
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            .header(header::X_FRAME_OPTIONS, "DENY")
            .header(header::REFERRER_POLICY, "no-referrer")
            .body(html.clone())
    })
}

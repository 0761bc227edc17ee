//! The success envelopes of the contract: `{"success":true,"data":…}`, with `meta` for pages. A handler's return type
//! says the status and, through poem-openapi, writes the schema of the answer.

use entity::Paged;
use poem::{
    IntoResponse, Response,
    http::{StatusCode, header},
};
use poem_openapi::{
    ApiResponse, Object,
    payload::{Json, Payload as _},
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::{ParseFromJSON, ToJSON, Type},
};

use crate::extract::Paging;

/// An answer with data.
#[derive(Object)]
pub struct Envelope<T: ParseFromJSON + ToJSON> {
    /// Always true.
    success: bool,
    /// The answer itself.
    data: T,
}

/// A page of a list.
#[derive(Object)]
pub struct PageEnvelope<T: ParseFromJSON + ToJSON> {
    /// Always true.
    success: bool,
    /// The rows of this page.
    data: Vec<T>,
    /// Where this page lies in the whole list.
    meta: Meta,
}

/// Where a page lies in the whole list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
#[oai(rename_all = "camelCase")]
pub struct Meta {
    /// Number of this page, from 1.
    pub page: u32,
    /// Rows a page.
    pub page_size: u32,
    /// Rows of the whole list.
    pub total: u64,
    /// Pages of the whole list.
    pub total_pages: u64,
}

impl Meta {
    /// The place of page `paging` in a list of `total` rows.
    #[must_use]
    pub fn new(paging: Paging, total: u64) -> Self {
        Self {
            page: paging.page,
            page_size: paging.size,
            total,
            total_pages: total.div_ceil(u64::from(paging.size)),
        }
    }
}

/// The JSON text of an answer with `data`.
pub fn envelope_json(data: &impl ToJSON) -> String {
    format!("{{\"success\":true,\"data\":{}}}", data.to_json_string())
}

/// An answer whose body is JSON text already.
pub(crate) fn json_response(status: StatusCode, body: impl Into<bytes::Bytes>) -> Response {
    let body = body.into();
    Response::builder()
        .status(status)
        .content_type("application/json; charset=utf-8")
        .header(header::CONTENT_LENGTH, body.len())
        // Answers are for one caller; what browsers may keep, `polled` says itself.
        .header(header::CACHE_CONTROL, "no-store")
        .body(body)
}

/// What the OpenAPI document says about an answer of `T`.
pub(crate) fn describe<T: Type>(status: StatusCode, description: &'static str) -> MetaResponse {
    MetaResponse {
        description,
        status: Some(status.as_u16()),
        status_range: None,
        content: vec![MetaMediaType { content_type: Json::<T>::CONTENT_TYPE, schema: T::schema_ref() }],
        headers: vec![],
    }
}

macro_rules! reply {
    ($(#[$doc:meta])* $name:ident, $status:ident, $description:literal) => {
        $(#[$doc])*
        pub struct $name<T>(pub T);

        impl<T: ParseFromJSON + ToJSON> IntoResponse for $name<T> {
            fn into_response(self) -> Response {
                json_response(StatusCode::$status, envelope_json(&self.0))
            }
        }

        impl<T: ParseFromJSON + ToJSON> ApiResponse for $name<T> {
            fn meta() -> MetaResponses {
                MetaResponses { responses: vec![describe::<Envelope<T>>(StatusCode::$status, $description)] }
            }

            fn register(registry: &mut Registry) {
                Envelope::<T>::register(registry);
            }
        }
    };
}

reply!(
    /// 200 with data.
    Reply, OK, "Done"
);
reply!(
    /// 201 with what was made.
    Created, CREATED, "Made"
);
reply!(
    /// 202: a job will do it.
    Accepted, ACCEPTED, "A job will do it"
);

/// 200 with one page of a list.
pub struct Page<T> {
    items: Vec<T>,
    meta: Meta,
}

impl<T> Page<T> {
    /// What was found for page `paging`.
    #[must_use]
    pub fn new<R: Into<T>>(found: Paged<R>, paging: Paging) -> Self {
        Self { items: found.rows.into_iter().map(Into::into).collect(), meta: Meta::new(paging, found.total) }
    }
}

impl<T: ParseFromJSON + ToJSON> Page<T> {
    /// The JSON text of the answer.
    pub(crate) fn into_json(self) -> String {
        PageEnvelope { success: true, data: self.items, meta: self.meta }.to_json_string()
    }
}

impl<T: ParseFromJSON + ToJSON> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        json_response(StatusCode::OK, self.into_json())
    }
}

impl<T: ParseFromJSON + ToJSON> ApiResponse for Page<T> {
    fn meta() -> MetaResponses {
        MetaResponses { responses: vec![describe::<PageEnvelope<T>>(StatusCode::OK, "One page")] }
    }

    fn register(registry: &mut Registry) {
        PageEnvelope::<T>::register(registry);
    }
}

/// 204: done, and nothing to say.
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl ApiResponse for NoContent {
    fn meta() -> MetaResponses {
        MetaResponses { responses: vec![bare(StatusCode::NO_CONTENT, "Done")] }
    }

    fn register(_: &mut Registry) {}
}

/// An answer without a body in the OpenAPI document.
pub(crate) fn bare(status: StatusCode, description: &'static str) -> MetaResponse {
    MetaResponse {
        description,
        status: Some(status.as_u16()),
        status_range: None,
        content: vec![],
        headers: vec![],
    }
}

//! Lists that browsers poll: the body is made once, carries an `ETag`, and is answered with 304 while it has not
//! changed. An operation becomes a polled one, with the rate limit of that class, by taking [`IfNoneMatch`].

use std::marker::PhantomData;

use bytes::Bytes;
use poem::{
    IntoResponse, Request, RequestBody, Response, Result,
    http::{HeaderValue, StatusCode, header},
};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions,
    registry::{MetaParamIn, MetaResponses, MetaSchemaRef, Registry},
    types::{ParseFromJSON, ToJSON, Type},
};
use sha2::{Digest as _, Sha256};

use crate::envelope::{Envelope, Page, bare, describe, envelope_json, json_response};

/// A body that is made once and sent many times; clones share it.
#[derive(Clone, Debug)]
pub struct Prepared {
    body: Bytes,
    etag: HeaderValue,
}

impl Prepared {
    /// The envelope of `data`.
    #[must_use]
    pub fn new(data: &impl ToJSON) -> Self {
        let body = Bytes::from(envelope_json(data));
        Self { etag: etag_of(&body), body }
    }
}

/// A page of a list.
impl<T: ParseFromJSON + ToJSON> From<Page<T>> for Prepared {
    fn from(page: Page<T>) -> Self {
        let body = Bytes::from(page.into_json());
        Self { etag: etag_of(&body), body }
    }
}

/// Weak, since the same list may be sent with different content encodings.
fn etag_of(body: &[u8]) -> HeaderValue {
    let digest: String = Sha256::digest(body).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    // Hexadecimal digits and quotes are always a valid header value.
    HeaderValue::from_str(&format!("W/\"{digest}\"")).unwrap_or_else(|_| HeaderValue::from_static("W/\"\""))
}

/// The `If-None-Match` header of a polled operation.
#[derive(Clone, Debug)]
pub struct IfNoneMatch(Option<HeaderValue>);

impl IfNoneMatch {
    /// Name of the parameter; it marks polled operations in the OpenAPI document.
    pub const HEADER: &'static str = "If-None-Match";

    /// The answer to the client that sent this header.
    #[must_use]
    pub fn answer<T>(&self, prepared: Prepared) -> Polled<T> {
        Polled { unchanged: self.matches(&prepared.etag), prepared, data: PhantomData }
    }

    fn matches(&self, etag: &HeaderValue) -> bool {
        let (Some(sent), Ok(etag)) = (self.0.as_ref().and_then(|v| v.to_str().ok()), etag.to_str()) else {
            return false;
        };
        // Weak comparison, RFC 9110 section 8.8.3.2: the W/ prefix does not count.
        let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        sent.trim() == "*" || sent.split(',').any(|tag| opaque(tag) == opaque(etag))
    }
}

impl<'a> ApiExtractor<'a> for IfNoneMatch {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];

    type ParamType = String;
    type ParamRawType = String;

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(String::schema_ref())
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> Result<Self> {
        Ok(Self(request.headers().get(header::IF_NONE_MATCH).cloned()))
    }
}

/// 200 with the list, or 304 where the client has it already.
pub struct Polled<T> {
    prepared: Prepared,
    unchanged: bool,
    data: PhantomData<fn() -> T>,
}

impl<T: Send> IntoResponse for Polled<T> {
    fn into_response(self) -> Response {
        let mut response = if self.unchanged {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            json_response(StatusCode::OK, self.prepared.body)
        };
        response.headers_mut().insert(header::ETAG, self.prepared.etag);
        // A browser may keep it, and must ask each time whether it still holds.
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        response
    }
}

impl<T: ParseFromJSON + ToJSON> ApiResponse for Polled<T> {
    fn meta() -> MetaResponses {
        let full = describe::<Envelope<T>>(StatusCode::OK, "Done");
        MetaResponses { responses: vec![full, bare(StatusCode::NOT_MODIFIED, "Unchanged since that ETag")] }
    }

    fn register(registry: &mut Registry) {
        Envelope::<T>::register(registry);
    }
}

/// 200 with a page, or 304 where the client has it already.
pub struct PolledPage<T>(Polled<T>);

impl<T> PolledPage<T> {
    /// The answer to a client that knows `known`.
    #[must_use]
    pub fn new(known: &IfNoneMatch, page: Prepared) -> Self {
        Self(known.answer(page))
    }
}

impl<T: Send> IntoResponse for PolledPage<T> {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl<T: ParseFromJSON + ToJSON> ApiResponse for PolledPage<T> {
    fn meta() -> MetaResponses {
        let page = <Page<T> as ApiResponse>::meta().responses;
        let unchanged = <Polled<Vec<T>> as ApiResponse>::meta().responses.into_iter().skip(1);
        MetaResponses { responses: page.into_iter().chain(unchanged).collect() }
    }

    fn register(registry: &mut Registry) {
        <Page<T> as ApiResponse>::register(registry);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn sent(value: &str) -> IfNoneMatch {
        IfNoneMatch(Some(HeaderValue::from_str(value).unwrap()))
    }

    #[test]
    fn the_same_data_has_the_same_tag_and_other_data_another() {
        assert_eq!(Prepared::new(&1).etag, Prepared::new(&1).etag);
        assert_ne!(Prepared::new(&1).etag, Prepared::new(&2).etag);
    }

    #[test]
    fn a_tag_matches_weak_or_strong_alone_or_in_a_list() {
        let etag = HeaderValue::from_static("W/\"abc\"");
        for matching in ["W/\"abc\"", "\"abc\"", "\"x\", W/\"abc\"", "*"] {
            assert!(sent(matching).matches(&etag), "{matching}");
        }
        for other in ["\"x\"", "", "abc"] {
            assert!(!sent(other).matches(&etag), "{other}");
        }
        assert!(!IfNoneMatch(None).matches(&etag));
    }
}

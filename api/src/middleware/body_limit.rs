//! Bounds request bodies, whether or not they say their length beforehand, and refuses compressed ones: a small body
//! must not unfold into a large one.

use std::sync::{Arc, atomic::Ordering};

use futures_util::StreamExt as _;
use poem::{
    Body, Endpoint, Request, Response, Result,
    http::{Version, header},
};

use crate::{call::Call, error::ApiError};

/// Largest JSON body in bytes.
pub const MAX_BODY: u64 = 1 << 20;

/// Largest form with files in bytes: five images of 10 MB, and the fields around them.
pub const MAX_FORM: u64 = 52 << 20;

/// The layer.
#[derive(Clone)]
pub struct BodyLimit;

super::middleware!(
    /// See [`BodyLimit`].
    BodyLimit -> BodyLimitEndpoint
);

impl<E: Endpoint<Output = Response>> Endpoint for BodyLimitEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        if let Some(encoding) =
            request.header(header::CONTENT_ENCODING).filter(|e| !e.eq_ignore_ascii_case("identity"))
        {
            let text = format!("bodies encoded as {encoding} are not taken");
            return Err(ApiError::UnsupportedMediaType(text.into()).into());
        }
        let limit = limit_for(request.content_type());
        match request.header(header::CONTENT_LENGTH).map(str::parse::<u64>) {
            Some(Ok(length)) if length > limit => return Err(ApiError::PayloadTooLarge(limit).into()),
            Some(_) => {}
            None => count(&mut request, limit)?,
        }
        self.next.call(request).await
    }
}

/// A body without a length is counted while it is read; a note in the call tells an overflow from a broken connection.
fn count(request: &mut Request, limit: u64) -> Result<(), ApiError> {
    if !request.headers().contains_key(header::TRANSFER_ENCODING) && request.version() < Version::HTTP_2 {
        return Ok(());
    }
    let call = Arc::clone(Call::of(request)?);
    let mut left = limit;
    let counted = request.take_body().into_bytes_stream().map(move |chunk| {
        let chunk = chunk?;
        match left.checked_sub(chunk.len() as u64) {
            Some(rest) => {
                left = rest;
                Ok(chunk)
            }
            None => {
                call.overflowed.store(limit, Ordering::Release);
                Err(std::io::Error::other("the body is too large"))
            }
        }
    });
    request.set_body(Body::from_bytes_stream(counted));
    Ok(())
}

fn limit_for(content_type: Option<&str>) -> u64 {
    match content_type {
        Some(kind) if kind.starts_with("multipart/form-data") => MAX_FORM,
        _ => MAX_BODY,
    }
}

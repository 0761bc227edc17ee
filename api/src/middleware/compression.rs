//! Compresses what is worth it: text of at least 1 kB, with the coding that the client likes best. poem's own layer
//! compresses bodies of every size and type, and misspells zstd, so the choice is made here and poem only encodes.

use poem::{
    Endpoint, IntoResponse as _, Request, Response, Result,
    http::{HeaderValue, StatusCode, header},
    web::{Compress, CompressionAlgo, CompressionLevel},
};

/// Smallest body that is compressed, in bytes.
pub const MIN_SIZE: u64 = 1_024;

/// The layer.
#[derive(Clone)]
pub struct Compression;

super::middleware!(
    /// See [`Compression`].
    Compression -> CompressionEndpoint
);

impl<E: Endpoint<Output = Response>> Endpoint for CompressionEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let accepted = request.header(header::ACCEPT_ENCODING).and_then(choose);
        let mut response = self.next.call(request).await?;
        if !is_worth_it(&response) {
            return Ok(response);
        }
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        let Some(algorithm) = accepted else { return Ok(response) };
        response.headers_mut().remove(header::CONTENT_LENGTH);
        Ok(Compress::new(response, algorithm).with_quality(CompressionLevel::Fastest).into_response())
    }
}

/// Only answers that say their length are looked at: those are ours, and a stream is not held up.
fn is_worth_it(response: &Response) -> bool {
    let text = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let size = text(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    let kind = text(header::CONTENT_TYPE).unwrap_or_default();
    size.is_some_and(|size| size >= MIN_SIZE)
        && (kind.starts_with("application/json") || kind.starts_with("text/"))
        && response.status() != StatusCode::PARTIAL_CONTENT
        && !response.headers().contains_key(header::CONTENT_ENCODING)
}

/// The coding with the highest weight; among equals the one that is cheapest for its effect.
fn choose(accept: &str) -> Option<CompressionAlgo> {
    const PREFERENCE: [(&str, CompressionAlgo); 3] =
        [("gzip", CompressionAlgo::GZIP), ("br", CompressionAlgo::BR), ("zstd", CompressionAlgo::ZSTD)];
    let offers: Vec<(&str, f32)> = accept.split(',').filter_map(offer).collect();
    let weight = |name: &str| {
        let named = offers.iter().find(|(coding, _)| coding.eq_ignore_ascii_case(name));
        named.or_else(|| offers.iter().find(|(coding, _)| *coding == "*")).map_or(0.0, |(_, weight)| *weight)
    };
    let best = PREFERENCE.into_iter().map(|(name, algorithm)| (weight(name), algorithm));
    best.filter(|(weight, _)| *weight > 0.0)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, algorithm)| algorithm)
}

fn offer(text: &str) -> Option<(&str, f32)> {
    let (coding, parameters) = text.split_once(';').unwrap_or((text, ""));
    let weight = match parameters.trim().strip_prefix("q=") {
        Some(number) => number.trim().parse().ok()?,
        None => 1.0,
    };
    Some((coding.trim(), weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_weight_wins_and_zstd_among_equals() {
        for (accept, expected) in [
            ("gzip", Some(CompressionAlgo::GZIP)),
            ("gzip, deflate, br, zstd", Some(CompressionAlgo::ZSTD)),
            ("gzip;q=1.0, br; q=0.5", Some(CompressionAlgo::GZIP)),
            ("br", Some(CompressionAlgo::BR)),
            ("*", Some(CompressionAlgo::ZSTD)),
            ("gzip, zstd;q=0", Some(CompressionAlgo::GZIP)),
            ("identity", None),
            ("gzip;q=0", None),
            ("", None),
        ] {
            assert_eq!(choose(accept), expected, "{accept}");
        }
    }
}

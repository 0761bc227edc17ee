//! The optional API key. Only its SHA-256 is kept, and digests are compared in full, so that neither a log nor the time
//! that a wrong key takes tells anything about it.

use std::fmt;

use poem::Request;
use poem::http::header::AUTHORIZATION;
use sha2::{Digest, Sha256};

use super::error::ApiError;

/// The key that callers must show.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    digest: [u8; 32],
}

impl ApiKey {
    /// Remembers a key.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self { digest: Sha256::digest(key).into() }
    }

    /// Lets requests through that carry the key as a bearer token.
    pub(super) fn check(&self, request: &Request) -> Result<(), ApiError> {
        let header = request.headers().get(AUTHORIZATION).and_then(|header| header.to_str().ok());
        let shown = header.and_then(|header| header.strip_prefix("Bearer ")).unwrap_or_default();
        if self.has_digest(&Self::new(shown).digest) { Ok(()) } else { Err(ApiError::Unauthorized) }
    }

    fn has_digest(&self, other: &[u8; 32]) -> bool {
        let difference = self.digest.iter().zip(other).fold(0, |difference, (a, b)| difference | (a ^ b));
        std::hint::black_box(difference) == 0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(***)")
    }
}

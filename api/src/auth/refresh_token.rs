//! Refresh tokens: 256 random bits, of which only the SHA-256 is stored.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use entity::Secret;
use sha2::{Digest as _, Sha256};

/// A new refresh token.
pub struct RefreshToken {
    /// What the client gets, once.
    pub text: String,
    /// What is stored.
    pub hash: Secret,
}

impl RefreshToken {
    /// A random one.
    #[must_use]
    pub fn generate() -> Self {
        let bytes: [u8; 32] = rand::random();
        let text = BASE64.encode(bytes);
        Self { hash: hash_of(&text), text }
    }
}

/// What is stored of `token`: its SHA-256 in hex. A slow hash would add nothing, since nobody can guess 256 bits.
#[must_use]
pub fn hash_of(token: &str) -> Secret {
    let digest = Sha256::digest(token.as_bytes());
    Secret::new(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

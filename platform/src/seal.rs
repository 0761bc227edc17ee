//! Secrets at rest: AES-256-GCM with a random nonce; the stored text names the key it was sealed with, so that keys
//! can be rotated. Stored form: `v1:<key id>:<base64 of nonce and ciphertext>`.

use aes_gcm::{
    Aes256Gcm, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use sha2::{Digest as _, Sha256};

use crate::settings::KeySettings;

const NONCE_BYTES: usize = 12;

/// Purpose of a camera's whole stream URL, which may carry credentials.
pub const STREAM_URL: &str = "cameras.stream_url";
/// Purpose of the detection provider's API key.
pub const PROVIDER_KEY: &str = "detection_provider_config.api_key";
/// Purpose of the API key of Odoo's user.
pub const ODOO_KEY: &str = "odoo_config.api_key";

/// Why a sealed text cannot be opened, or a text not sealed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    /// Not of the form that this module writes.
    #[error("the stored secret is malformed")]
    Malformed,
    /// Sealed with a key that is neither the current nor the previous one.
    #[error("the stored secret was encrypted with a key that is not configured")]
    UnknownKey,
    /// Changed since it was sealed, or sealed for another purpose.
    #[error("the stored secret does not decrypt")]
    Refused,
}

struct Key {
    id: String,
    cipher: Aes256Gcm,
}

impl Key {
    /// Any text of any length gives a key: its SHA-256. The id is a hash of the key, so it tells nothing about it.
    fn new(text: &str) -> Self {
        let key = Sha256::digest(text.as_bytes());
        let id = Sha256::digest(key).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        Self { id, cipher: Aes256Gcm::new(&key) }
    }
}

/// Seals with the current key, opens with the current and the previous one.
pub struct Sealer {
    current: Key,
    previous: Option<Key>,
}

impl Sealer {
    /// Takes the keys from the settings.
    #[must_use]
    pub fn new(keys: &KeySettings) -> Self {
        Self {
            current: Key::new(keys.encryption.expose()),
            previous: keys.encryption_previous.as_ref().map(|key| Key::new(key.expose())),
        }
    }

    /// Seals `text` for `purpose`; only the same purpose opens it again, so that one column's secret cannot be moved
    /// into another.
    ///
    /// # Errors
    /// Only for texts beyond AES-GCM's limit of 64 GiB.
    pub fn seal(&self, purpose: &str, text: &str) -> Result<String, SealError> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let payload = Payload { msg: text.as_bytes(), aad: purpose.as_bytes() };
        let sealed =
            self.current.cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| SealError::Refused)?;
        let bytes = [nonce.as_slice(), &sealed].concat();
        Ok(format!("v1:{}:{}", self.current.id, BASE64.encode(bytes)))
    }

    /// Opens what [`Sealer::seal`] made for the same purpose.
    ///
    /// # Errors
    /// See [`SealError`].
    pub fn open(&self, purpose: &str, stored: &str) -> Result<String, SealError> {
        let (id, bytes) = parse(stored)?;
        let key = self.key(id).ok_or(SealError::UnknownKey)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or(SealError::Malformed)?;
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        let text = key.cipher.decrypt(Nonce::from_slice(nonce), payload).map_err(|_| SealError::Refused)?;
        String::from_utf8(text).map_err(|_| SealError::Malformed)
    }

    /// Whether `stored` was sealed with the current key; a rotation seals the others again.
    #[must_use]
    pub fn is_current(&self, stored: &str) -> bool {
        parse(stored).is_ok_and(|(id, _)| id == self.current.id)
    }

    fn key(&self, id: &str) -> Option<&Key> {
        std::iter::once(&self.current).chain(&self.previous).find(|key| key.id == id)
    }
}

fn parse(stored: &str) -> Result<(&str, Vec<u8>), SealError> {
    let (id, text) =
        stored.strip_prefix("v1:").and_then(|rest| rest.split_once(':')).ok_or(SealError::Malformed)?;
    Ok((id, BASE64.decode(text).map_err(|_| SealError::Malformed)?))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::settings::Secret;

    fn sealer(current: &str, previous: Option<&str>) -> Sealer {
        Sealer::new(&KeySettings {
            secret: Secret::new(""),
            secret_previous: None,
            encryption: Secret::new(current),
            encryption_previous: previous.map(Secret::new),
        })
    }

    #[test]
    fn a_sealed_text_opens_for_its_purpose_only() {
        let sealer = sealer("one", None);
        let stored = sealer.seal("camera", "pässword").unwrap();
        assert!(!stored.contains("pässword"));
        assert_eq!(sealer.open("camera", &stored).unwrap(), "pässword");
        assert_eq!(sealer.open("provider", &stored), Err(SealError::Refused));
    }

    #[test]
    fn two_seals_of_one_text_differ() {
        let sealer = sealer("one", None);
        assert_ne!(sealer.seal("p", "x").unwrap(), sealer.seal("p", "x").unwrap());
    }

    #[test]
    fn a_rotation_still_opens_what_the_previous_key_sealed() {
        let stored = sealer("one", None).seal("p", "x").unwrap();
        let rotated = sealer("two", Some("one"));
        assert_eq!(rotated.open("p", &stored).unwrap(), "x");
        assert!(!rotated.is_current(&stored));
        assert_eq!(sealer("two", None).open("p", &stored), Err(SealError::UnknownKey));
    }

    #[test]
    fn a_changed_text_is_refused_and_rubbish_is_malformed() {
        let sealer = sealer("one", None);
        let mut stored = sealer.seal("p", "secret").unwrap();
        let last = if stored.pop() == Some('A') { 'B' } else { 'A' };
        stored.push(last);
        assert!(sealer.open("p", &stored).is_err());
        for rubbish in ["", "v1:", "v1:abc", "v2:a:b", "v1:00000000:!!"] {
            assert_eq!(sealer.open("p", rubbish), Err(SealError::Malformed), "{rubbish}");
        }
    }
}

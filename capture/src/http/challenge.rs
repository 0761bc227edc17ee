//! What a camera asks for in `WWW-Authenticate`: Digest, as most cameras do, or Basic.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::digest::Digest;

/// A challenge that can be answered. Digest comes before Basic, which sends the password itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    Digest(Digest),
    Basic,
}

impl Challenge {
    /// The best of all header values; a value holds one challenge, or Digest and Basic in a row.
    pub fn strongest<'a>(values: impl Iterator<Item = &'a str>) -> Option<Self> {
        let values: Vec<&str> = values.collect();
        let digest = values.iter().find_map(|value| Digest::parse(value));
        let has_basic = values.iter().any(|value| value.to_ascii_lowercase().contains("basic "));
        digest.map(Self::Digest).or_else(|| has_basic.then_some(Self::Basic))
    }

    /// The value of `Authorization` for GET of `url` with the credentials in it; `None` when there are none.
    pub fn answer(&self, url: &Url) -> Option<String> {
        if url.username().is_empty() && url.password().is_none() {
            return None;
        }
        let user = decoded(url.username());
        let password = decoded(url.password().unwrap_or_default());
        Some(match self {
            Self::Basic => format!("Basic {}", STANDARD.encode([&user[..], b":", &password].concat())),
            Self::Digest(digest) => {
                let target =
                    url.query().map_or_else(|| url.path().into(), |query| format!("{}?{query}", url.path()));
                let nonce = format!("{:016x}", rand::random::<u64>());
                digest.answer(&user, &password, &target, &nonce)
            }
        })
    }
}

/// Undoes percent-encoding; what is no escape stays as it is.
fn decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        match escape(rest) {
            Some(byte) => {
                out.push(byte);
                rest = &rest[3..];
            }
            None => {
                out.push(first);
                rest = after;
            }
        }
    }
    out
}

fn escape(bytes: &[u8]) -> Option<u8> {
    let digits = bytes.get(..3)?.strip_prefix(b"%")?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn digest_is_preferred_to_basic_and_nothing_is_sent_without_credentials() {
        let both = ["Basic realm=\"c\"", "Digest realm=\"c\", nonce=\"n\", qop=\"auth\""];
        let challenge = Challenge::strongest(both.into_iter()).unwrap();
        assert!(matches!(challenge, Challenge::Digest(_)));
        assert_eq!(challenge.answer(&Url::parse("http://camera/").unwrap()), None);
        assert_eq!(Challenge::strongest(["Negotiate"].into_iter()), None);
    }

    #[test]
    fn escapes_in_credentials_are_undone() {
        let url = Url::parse("http://ad%3amin:p%40ss%zz@camera/").unwrap();
        let expected = format!("Basic {}", STANDARD.encode("ad:min:p@ss%zz"));
        assert_eq!(Challenge::Basic.answer(&url), Some(expected));
    }
}

//! HTTP Digest authentication (RFC 7616, and RFC 2617 for cameras that know no better): MD5 and SHA-256, with
//! `qop=auth` or without.

use std::fmt::Write as _;

use md5::Md5;
use sha2::Sha256;
use sha2::digest::Digest as Hash;

/// A camera's Digest challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digest {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    has_qop: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Md5,
    Sha256,
}

impl Digest {
    /// Reads a header value; `None` when it is no Digest challenge, or one that cannot be answered.
    pub fn parse(value: &str) -> Option<Self> {
        let begin = value.to_ascii_lowercase().find("digest ")?;
        let mut digest = Self {
            realm: String::new(),
            nonce: String::new(),
            opaque: None,
            algorithm: Algorithm::Md5,
            has_qop: false,
        };
        for (name, content) in Fields(value.get(begin + 7..)?) {
            match name.to_ascii_lowercase().as_str() {
                "realm" => digest.realm = content,
                "nonce" => digest.nonce = content,
                "opaque" => digest.opaque = Some(content),
                "algorithm" => digest.algorithm = Algorithm::parse(&content)?,
                "qop" if content.split(',').any(|qop| qop.trim().eq_ignore_ascii_case("auth")) => {
                    digest.has_qop = true;
                }
                "qop" => return None,
                _ => {}
            }
        }
        (!digest.nonce.is_empty()).then_some(digest)
    }

    /// The value of `Authorization` for GET of `target`. `client_nonce` is random.
    pub fn answer(&self, user: &[u8], password: &[u8], target: &str, client_nonce: &str) -> String {
        let Self { realm, nonce, .. } = self;
        let secret = self.hash(&[user, b":", realm.as_bytes(), b":", password].concat());
        let request = self.hash(format!("GET:{target}").as_bytes());
        let quality = if self.has_qop { format!("00000001:{client_nonce}:auth:") } else { String::new() };
        let response = self.hash(format!("{secret}:{nonce}:{quality}{request}").as_bytes());
        let user = quoted(&String::from_utf8_lossy(user));
        let (realm, nonce, target) = (quoted(realm), quoted(nonce), quoted(target));
        let mut header = format!("Digest username={user}, realm={realm}, nonce={nonce}, uri={target}");
        let algorithm = self.algorithm.name();
        // Writing to a string cannot fail.
        let _ = write!(header, ", algorithm={algorithm}, response=\"{response}\"");
        if self.has_qop {
            let _ = write!(header, ", qop=auth, nc=00000001, cnonce=\"{client_nonce}\"");
        }
        if let Some(opaque) = &self.opaque {
            let _ = write!(header, ", opaque={}", quoted(opaque));
        }
        header
    }

    fn hash(&self, bytes: &[u8]) -> String {
        match self.algorithm {
            Algorithm::Md5 => hex(&Md5::digest(bytes)),
            Algorithm::Sha256 => hex(&Sha256::digest(bytes)),
        }
    }
}

impl Algorithm {
    fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "MD5" => Some(Self::Md5),
            "SHA-256" => Some(Self::Sha256),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }
}

/// `name=value` and `name="value"` with commas between; ends at what is neither.
struct Fields<'a>(&'a str);

impl Iterator for Fields<'_> {
    type Item = (String, String);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = self.0.trim_start_matches([',', ' ', '\t']).split_once('=')?;
        let (content, rest) = match rest.trim_start().strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let (content, rest) = rest.split_once(',').unwrap_or((rest, ""));
                (content.trim().to_owned(), rest)
            }
        };
        self.0 = rest;
        Some((name.trim().to_owned(), content))
    }
}

/// The text up to the closing quote, and what follows it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut content = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((content, &text[at + 1..])),
            '\\' => content.push(characters.next()?.1),
            _ => content.push(character),
        }
    }
    None
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::Digest;

    const USER: &[u8] = b"Mufasa";

    #[test]
    fn the_example_of_rfc_2617_comes_out_as_printed_there() {
        let challenge = "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", \
             nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
        let answer =
            Digest::parse(challenge).unwrap().answer(USER, b"Circle Of Life", "/dir/index.html", "0a4f113b");
        assert!(answer.contains("response=\"6629fae49393a05397450978507c4ef1\""), "{answer}");
        assert!(answer.contains("opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""), "{answer}");
    }

    #[test]
    fn the_sha_256_example_of_rfc_7616_comes_out_as_printed_there() {
        let challenge = "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, \
             nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
        let nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        let answer =
            Digest::parse(challenge).unwrap().answer(USER, b"Circle of Life", "/dir/index.html", nonce);
        assert!(
            answer.contains("753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
            "{answer}"
        );
    }

    #[test]
    fn a_challenge_that_cannot_be_answered_is_none() {
        for challenge in [
            "Basic realm=\"x\"",
            "Digest realm=\"x\"",
            "Digest realm=\"x\", nonce=\"n\", algorithm=SHA-512-256",
            "Digest realm=\"x\", nonce=\"n\", qop=\"auth-int\"",
            "Digest realm=\"x",
        ] {
            assert_eq!(Digest::parse(challenge), None, "{challenge}");
        }
    }

    #[test]
    fn quotes_in_a_realm_survive() {
        let digest = Digest::parse(r#"Digest realm="a \"b\", c", nonce=abc, stale=FALSE"#).unwrap();
        assert!(digest.answer(b"u", b"p", "/", "c").contains(r#"realm="a \"b\", c", nonce="abc""#));
    }
}

//! Which addresses the server may call: camera streams, detection providers and Odoo are named by users, so every such
//! name is resolved here, every address it stands for is judged, and the caller connects to exactly the addresses that
//! were judged. Link-local and metadata addresses are never called; private ones by the setting `OUTBOUND_ALLOW_PRIVATE`.

mod address;
mod http;

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokio::net::lookup_host;
use url::{Host, Url};

pub use address::AddressClass;
pub use http::{HttpClient, MAX_REDIRECTS};

/// The rule for calls to addresses that users name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outbound {
    allow_private: bool,
}

/// Why an address is not called. The text is safe to show: it repeats no credentials, path or resolved address.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OutboundError {
    /// The scheme is not on the caller's list.
    #[error("scheme {given:?} is not allowed here (allowed: {allowed})")]
    Scheme {
        /// The scheme that was given, cut to a few characters.
        given: String,
        /// The schemes that would be taken, comma separated.
        allowed: String,
    },
    /// The URL names no host, or no port where the scheme has no usual one.
    #[error("the address names no host and port")]
    NoHost,
    /// The host stands for an address that may not be called.
    #[error("the host is {0}, which this server may not call")]
    Forbidden(AddressClass),
    /// The name could not be resolved.
    #[error("the host name cannot be resolved")]
    Unresolvable(#[source] Arc<io::Error>),
    /// The server redirected more than [`MAX_REDIRECTS`] times.
    #[error("the server redirected more than {MAX_REDIRECTS} times")]
    TooManyRedirects,
    /// The server redirected from https to http.
    #[error("the server redirected from https to plain http")]
    Downgrade,
}

impl OutboundError {
    /// The refusal that lies in the chain of causes of another error, as of a [`reqwest::Error`].
    #[must_use]
    pub fn within<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        let mut next = Some(error);
        while let Some(inner) = next {
            if let Some(found) = inner.downcast_ref() {
                return Some(found);
            }
            next = inner.source();
        }
        None
    }

    /// Whether the same call may be allowed or possible a little later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unresolvable(_))
    }
}

impl Outbound {
    /// `allow_private` lets private and loopback addresses through (`OUTBOUND_ALLOW_PRIVATE`): cameras live there.
    #[must_use]
    pub const fn new(allow_private: bool) -> Self {
        Self { allow_private }
    }

    /// Checks scheme and host of `url`, resolves the host, and answers the addresses to connect to: connecting to
    /// these, and not to the name, is what keeps a name server from changing its answer after the check.
    ///
    /// # Errors
    /// Every [`OutboundError`] except those of redirects.
    pub async fn check(self, url: &Url, schemes: &[&str]) -> Result<Vec<SocketAddr>, OutboundError> {
        self.check_literal(url, schemes)?;
        let host = url.host_str().ok_or(OutboundError::NoHost)?;
        let port = url.port_or_known_default().ok_or(OutboundError::NoHost)?;
        self.resolve(host, port).await
    }

    /// Resolves `host` and answers its addresses. One that may not be called refuses them all: a name that mixes both
    /// is more likely an attack than a mistake.
    ///
    /// # Errors
    /// [`OutboundError::Unresolvable`] and [`OutboundError::Forbidden`].
    pub async fn resolve(self, host: &str, port: u16) -> Result<Vec<SocketAddr>, OutboundError> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let found = lookup_host((bare, port)).await;
        let addresses: Vec<_> = found.map_err(|e| OutboundError::Unresolvable(Arc::new(e)))?.collect();
        if addresses.is_empty() {
            let nothing = io::Error::new(io::ErrorKind::NotFound, "no address for this name");
            return Err(OutboundError::Unresolvable(Arc::new(nothing)));
        }
        addresses.iter().try_for_each(|address| self.check_ip(address.ip()))?;
        Ok(addresses)
    }

    /// Judges one address.
    ///
    /// # Errors
    /// [`OutboundError::Forbidden`].
    pub fn check_ip(self, ip: IpAddr) -> Result<(), OutboundError> {
        let class = AddressClass::of(ip);
        let allowed = match class {
            AddressClass::Public => true,
            AddressClass::Private | AddressClass::Loopback => self.allow_private,
            AddressClass::LinkLocal
            | AddressClass::Metadata
            | AddressClass::Unspecified
            | AddressClass::Multicast
            | AddressClass::Reserved => false,
        };
        if allowed { Ok(()) } else { Err(OutboundError::Forbidden(class)) }
    }

    /// Checks what can be checked without the network: the scheme, and the host where it is written as an address.
    ///
    /// # Errors
    /// [`OutboundError::Scheme`], [`OutboundError::NoHost`] and [`OutboundError::Forbidden`].
    pub fn check_literal(self, url: &Url, schemes: &[&str]) -> Result<(), OutboundError> {
        if !schemes.contains(&url.scheme()) {
            let given = url.scheme().chars().take(16).collect();
            return Err(OutboundError::Scheme { given, allowed: schemes.join(", ") });
        }
        match url.host() {
            None => Err(OutboundError::NoHost),
            Some(Host::Ipv4(ip)) => self.check_ip(ip.into()),
            Some(Host::Ipv6(ip)) => self.check_ip(ip.into()),
            // A scheme unknown to the URL standard keeps "127.0.0.1" and "0x7f.1" as names.
            Some(Host::Domain(name)) => match Host::parse(name) {
                Ok(Host::Ipv4(ip)) => self.check_ip(ip.into()),
                Ok(Host::Ipv6(ip)) => self.check_ip(ip.into()),
                Ok(Host::Domain(_)) | Err(_) => Ok(()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[tokio::test]
    async fn a_name_is_refused_for_what_it_resolves_to() {
        let strict = Outbound::new(false).check(&url("http://localhost/"), &["http"]).await;
        assert!(matches!(strict, Err(OutboundError::Forbidden(AddressClass::Loopback))), "{strict:?}");
        let addresses = Outbound::new(true).check(&url("http://localhost:81/"), &["http"]).await.unwrap();
        assert!(addresses.iter().all(|a| a.ip().is_loopback() && a.port() == 81));
    }

    #[tokio::test]
    async fn numbers_in_disguise_are_the_address_they_mean() {
        for disguised in
            ["rtsp://0x7f000001:554/", "rtsp://2130706433:554/", "rtsp://0177.0.0.1:554/", "http://0x7f.1/"]
        {
            let answer = Outbound::new(false).check(&url(disguised), &["rtsp", "http"]).await;
            assert!(
                matches!(answer, Err(OutboundError::Forbidden(AddressClass::Loopback))),
                "{disguised}: {answer:?}"
            );
        }
    }

    #[tokio::test]
    async fn link_local_and_metadata_addresses_are_refused_whatever_the_setting() {
        for address in
            ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "100.100.100.200", "[fd00:ec2::254]"]
        {
            let answer = Outbound::new(true).check(&url(&format!("http://{address}/")), &["http"]).await;
            assert!(matches!(answer, Err(OutboundError::Forbidden(_))), "{address}: {answer:?}");
        }
    }

    #[test]
    fn a_scheme_off_the_list_is_named() {
        let refused = Outbound::new(true).check_literal(&url("gopher://example.org/"), &["http", "https"]);
        assert_eq!(
            refused.unwrap_err().to_string(),
            "scheme \"gopher\" is not allowed here (allowed: http, https)"
        );
    }

    #[tokio::test]
    async fn a_name_without_an_address_may_be_tried_again() {
        let answer = Outbound::new(true).resolve("no-such-host.invalid", 80).await;
        assert!(matches!(&answer, Err(e @ OutboundError::Unresolvable(_)) if e.is_transient()), "{answer:?}");
    }
}

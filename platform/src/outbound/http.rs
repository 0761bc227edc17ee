//! HTTP under the rule: a reqwest client that resolves names through [`Outbound`], judges every redirect by it, and
//! cannot be asked for a URL that was not judged. No proxy is used, since a proxy would resolve the name itself.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{ClientBuilder, Method, RequestBuilder};
use url::Url;

use super::{Outbound, OutboundError};

/// More redirects than this in a row are an error.
pub const MAX_REDIRECTS: usize = 3;

const SCHEMES: [&str; 2] = ["http", "https"];

/// A pooled HTTP client that keeps to the rule. Cheap to clone.
#[derive(Debug, Clone)]
pub struct HttpClient {
    client: reqwest::Client,
    outbound: Outbound,
}

impl HttpClient {
    /// Begins a request to `url`, which must be http or https.
    ///
    /// # Errors
    /// [`OutboundError`] for what the URL itself shows. What only resolving or a redirect shows comes as the cause of
    /// the [`reqwest::Error`] of sending: see [`OutboundError::within`].
    pub fn request(&self, method: Method, url: Url) -> Result<RequestBuilder, OutboundError> {
        self.outbound.check_literal(&url, &SCHEMES)?;
        Ok(self.client.request(method, url))
    }
}

impl Outbound {
    /// A client under this rule; `configure` adds time-outs and the like. Redirects, proxies and name resolution are
    /// set after it and cannot be changed by it.
    ///
    /// # Errors
    /// When the TLS roots of this machine cannot be loaded.
    pub fn http_client(
        self,
        configure: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<HttpClient, reqwest::Error> {
        let builder =
            configure(ClientBuilder::new().user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION"))))
                .no_proxy()
                .referer(false)
                .redirect(Policy::custom(move |attempt| self.judge(attempt)))
                .dns_resolver(self);
        Ok(HttpClient { client: builder.build()?, outbound: self })
    }

    fn judge(self, attempt: Attempt<'_>) -> Action {
        match self.check_redirect(attempt.previous(), attempt.url()) {
            Ok(()) => attempt.follow(),
            Err(refused) => attempt.error(refused),
        }
    }

    fn check_redirect(self, previous: &[Url], next: &Url) -> Result<(), OutboundError> {
        self.check_literal(next, &SCHEMES)?;
        if previous.len() > MAX_REDIRECTS {
            return Err(OutboundError::TooManyRedirects);
        }
        let was_secure = previous.last().is_some_and(|url| url.scheme() == "https");
        if was_secure && next.scheme() == "http" { Err(OutboundError::Downgrade) } else { Ok(()) }
    }
}

impl Resolve for Outbound {
    fn resolve(&self, name: Name) -> Resolving {
        let outbound = *self;
        Box::pin(async move {
            let addresses = outbound.resolve(name.as_str(), 0).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::outbound::AddressClass;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Answers every request with the same bytes.
    async fn server(answer: String) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let _ = socket.read(&mut request).await;
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        });
        url
    }

    fn redirect_to(target: &str) -> String {
        format!("HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    }

    async fn refusal(outbound: Outbound, url: Url) -> OutboundError {
        let client = outbound.http_client(|b| b).unwrap();
        let error = client.request(Method::GET, url).unwrap().send().await.unwrap_err();
        OutboundError::within(&error).unwrap_or_else(|| panic!("no refusal in {error:?}")).clone()
    }

    #[tokio::test]
    async fn a_redirect_to_a_metadata_address_is_refused() {
        for target in ["http://169.254.169.254/latest/meta-data/", "http://[::ffff:a9fe:a9fe]/"] {
            let refused = refusal(Outbound::new(true), server(redirect_to(target)).await).await;
            assert!(matches!(refused, OutboundError::Forbidden(AddressClass::LinkLocal)), "{refused:?}");
        }
    }

    #[tokio::test]
    async fn a_redirect_to_another_scheme_is_not_followed() {
        for target in ["file:///etc/hostname", "ftp://example.org/x"] {
            let client = Outbound::new(true).http_client(|b| b).unwrap();
            let url = server(redirect_to(target)).await;
            match client.request(Method::GET, url).unwrap().send().await {
                // reqwest hands a redirect to a URL without a host back as the answer.
                Ok(answer) => assert_eq!(answer.status(), 302, "{target}"),
                Err(error) => {
                    let refused = OutboundError::within(&error);
                    assert!(matches!(refused, Some(OutboundError::Scheme { .. })), "{target}: {error:?}");
                }
            }
        }
    }

    #[tokio::test]
    async fn redirects_in_a_circle_end() {
        let refused = refusal(Outbound::new(true), server(redirect_to("/")).await).await;
        assert!(matches!(refused, OutboundError::TooManyRedirects), "{refused:?}");
    }

    #[tokio::test]
    async fn a_name_is_judged_when_it_is_resolved() {
        let refused = refusal(Outbound::new(false), Url::parse("http://localhost:1/").unwrap()).await;
        assert!(matches!(refused, OutboundError::Forbidden(AddressClass::Loopback)), "{refused:?}");
    }

    #[test]
    fn a_redirect_never_leaves_tls() {
        let secure = [Url::parse("https://camera.example/").unwrap()];
        let next = Url::parse("http://camera.example/").unwrap();
        let refused = Outbound::new(true).check_redirect(&secure, &next);
        assert!(matches!(refused, Err(OutboundError::Downgrade)), "{refused:?}");
    }
}

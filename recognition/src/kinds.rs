//! The kinds of provider. One kind is one file here that says how its requests look and what its answers mean, and one
//! entry in the list below; it makes no calls itself.

mod detections;
mod http;
mod rollcall;

use std::fmt::Debug;

use bytes::Bytes;
use platform::outbound::HttpClient;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use url::Url;

use crate::error::ProviderError;
use crate::face::RecognisedFace;

/// Every kind.
static KINDS: [&dyn Kind; 2] = [&rollcall::Rollcall, &http::Http];

/// The names of all kinds.
pub fn kind_names() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|kind| kind.name())
}

/// The kind of this name.
#[must_use]
pub fn kind_named(name: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.name() == name)
}

/// What is particular to one kind of provider.
pub trait Kind: Debug + Send + Sync {
    /// Its name in the configuration.
    fn name(&self) -> &'static str;

    /// The least confidence (0–100) that counts as recognised, unless the configuration says otherwise. Scores of two
    /// kinds are not comparable.
    fn default_min_confidence(&self) -> f64;

    /// Calls to keep in flight at the same time.
    fn max_in_flight(&self) -> usize {
        8
    }

    /// The request that has a picture looked at.
    ///
    /// # Errors
    /// [`ProviderError::BadConfig`] and [`ProviderError::Refused`].
    fn recognise(
        &self,
        endpoint: &Endpoint<'_>,
        jpeg: Bytes,
        camera_id: &str,
    ) -> Result<RequestBuilder, ProviderError>;

    /// The faces in an answer that [`Kind::judge`] let pass.
    ///
    /// # Errors
    /// [`ProviderError::BadAnswer`].
    fn faces(&self, answer: &Value) -> Result<Vec<RecognisedFace>, ProviderError>;

    /// The request that asks whether the provider is well.
    ///
    /// # Errors
    /// [`ProviderError::BadConfig`] and [`ProviderError::Refused`].
    fn health(&self, endpoint: &Endpoint<'_>) -> Result<RequestBuilder, ProviderError>;

    /// What the status of an answer to [`Kind::recognise`] means, with the answer's body at hand, for kinds that hide
    /// errors there.
    ///
    /// # Errors
    /// [`ProviderError::Unauthorised`], [`ProviderError::Rejected`] and [`ProviderError::Failed`].
    fn judge(&self, status: StatusCode, _body: &[u8]) -> Result<(), ProviderError> {
        by_status(status)
    }

    /// What an answer to [`Kind::health`] means: it must have the shape of the kind, or something else lives there.
    ///
    /// # Errors
    /// As [`Kind::judge`], and [`ProviderError::BadAnswer`].
    fn judge_health(&self, status: StatusCode, body: &[u8]) -> Result<Condition, ProviderError>;
}

/// How a provider that answered its health check says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Well.
    Well,
    /// It works, but not wholly; one sentence for people.
    Ailing(&'static str),
}

/// HTTP as most providers mean it.
fn by_status(status: StatusCode) -> Result<(), ProviderError> {
    match status {
        _ if status.is_success() => Ok(()),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(ProviderError::Unauthorised),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
            Err(ProviderError::Failed(status.as_u16()))
        }
        _ if status.is_client_error() => Err(ProviderError::Rejected(status.as_u16())),
        _ => Err(ProviderError::Failed(status.as_u16())),
    }
}

/// Where requests go.
#[derive(Debug)]
pub struct Endpoint<'a> {
    pub(crate) client: &'a HttpClient,
    pub(crate) base: &'a Url,
    pub(crate) api_key: Option<&'a str>,
}

impl Endpoint<'_> {
    /// Begins a request to `path`, which is put behind the endpoint's own path.
    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, ProviderError> {
        let mut url = self.base.clone();
        let joined = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&joined);
        self.client.request(method, url).map_err(ProviderError::Refused)
    }

    /// The same with `Authorization: Bearer`, where there is a key.
    fn authorised(&self, method: Method, path: &str) -> Result<RequestBuilder, ProviderError> {
        let request = self.request(method, path)?;
        Ok(match self.api_key {
            Some(key) => request.bearer_auth(key),
            None => request,
        })
    }
}

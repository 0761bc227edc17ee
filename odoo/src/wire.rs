//! HTTP as both protocols use it: one pooled client under the outbound rule, a time limit for the whole exchange, and a bound
//! on the answer.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use platform::{outbound::HttpClient, telemetry::trace};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::error::OdooError;

/// The largest answer taken, in bytes: 500 employees or records are a tenth of it.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// A server's address, and how it is called.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    pub http: HttpClient,
    pub base: Url,
    pub limit: Duration,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    /// The body, where it is JSON.
    pub json: Option<Value>,
}

impl Wire {
    /// Reads a path below the address.
    pub async fn get(&self, path: &str) -> Result<Answer, OdooError> {
        self.exchange(self.request(Method::GET, path)?).await
    }

    /// Sends JSON to a path below the address.
    pub async fn post(
        &self,
        path: &str,
        key: Option<(&str, &str)>,
        body: &Value,
    ) -> Result<Answer, OdooError> {
        let mut request = self.request(Method::POST, path)?.json(body);
        if let Some((key, database)) = key {
            request =
                request.header("Authorization", format!("bearer {key}")).header("X-Odoo-Database", database);
        }
        self.exchange(request).await
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, OdooError> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        Ok(self.http.request(method, url)?)
    }

    async fn exchange(&self, request: RequestBuilder) -> Result<Answer, OdooError> {
        let exchange = async {
            let answer = request.headers(trace::headers()).send().await?;
            let status = answer.status();
            let body = bounded(answer).await?;
            Ok(Answer { status, json: serde_json::from_slice(&body).ok() })
        };
        let late = || {
            let seconds = self.limit.as_secs_f64();
            Err(OdooError::unreachable(format!("it did not answer within {seconds:.0} s"), true))
        };
        timeout(self.limit, exchange).await.unwrap_or_else(|_| late())
    }
}

async fn bounded(mut answer: reqwest::Response) -> Result<Bytes, OdooError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(OdooError::unreadable(format!("an answer of more than {MAX_ANSWER} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

impl Answer {
    /// What an answer that is no JSON means, whatever was asked: a server or proxy in trouble, or no Odoo at all.
    pub fn not_json(&self) -> OdooError {
        let status = self.status.as_u16();
        if self.status.is_server_error() || self.status == StatusCode::TOO_MANY_REQUESTS {
            // A proxy that gave up waiting answers so while Odoo still works on it.
            return OdooError::unreachable(format!("status {status}"), self.status.is_server_error());
        }
        OdooError::unreadable(format!("a page instead of data, status {status}"))
    }
}

//! The way to a server: which protocol it speaks is asked at each connection, never configured.

use std::{fmt, sync::Arc, time::Duration};

use platform::outbound::{HttpClient, Outbound};
use url::Url;

use crate::{
    call::Protocol, client::Client, error::OdooError, json2::Json2, jsonrpc::JsonRpc, version::Version,
    wire::Wire,
};

/// Where Odoo is, and as whom it is called.
#[derive(Clone, PartialEq, Eq)]
pub struct Connection {
    /// Address of the server, http or https.
    pub base_url: String,
    /// Name of the database.
    pub database: String,
    /// Login; version 19 does not need it.
    pub username: String,
    /// The user's API key.
    pub api_key: String,
    /// Name of the company whose employees count; those of all companies that the user sees where absent.
    pub company: Option<String>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("database", &self.database).finish_non_exhaustive()
    }
}

/// How long is waited for what.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For a whole call, answer included.
    pub call: Duration,
    /// From the note of what is about to be sent until Odoo has certainly ended it, where the answer was lost: the calls of a batch
    /// begin within 120 s of its note, and servers end their own calls after another 120 s (`limit_time_real`).
    pub settle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { call: Duration::from_secs(60), settle: Duration::from_secs(250) }
    }
}

/// Makes connections, which share one pool. One a process.
#[derive(Debug, Clone)]
pub struct Gateway {
    http: HttpClient,
    limits: Limits,
}

impl Gateway {
    /// A gateway under the rule for addresses that users name.
    ///
    /// # Errors
    /// The TLS roots of this machine cannot be loaded.
    pub fn new(outbound: Outbound, limits: Limits) -> Result<Self, OdooError> {
        let http = outbound.http_client(|builder| {
            builder.pool_idle_timeout(Duration::from_secs(30)).connect_timeout(Duration::from_secs(5))
        })?;
        Ok(Self { http, limits })
    }

    /// The limits that its connections keep.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Asks the server which version it is, signs in, and learns which fields there are.
    ///
    /// # Errors
    /// Every [`OdooError`]; it is always safe to try again.
    pub async fn connect(&self, to: &Connection) -> Result<Client, OdooError> {
        let base =
            Url::parse(&to.base_url).map_err(|_| OdooError::unreachable("the address is none", false))?;
        let wire = Wire { http: self.http.clone(), base, limit: self.limits.call };
        let (protocol, version): (Arc<dyn Protocol>, Version) = match newest(&wire).await? {
            Some(version) => (Arc::new(Json2::sign_in(wire, to).await?), version),
            None => {
                let (signed_in, version) = JsonRpc::sign_in(wire, to).await?;
                (Arc::new(signed_in), version)
            }
        };
        Client::new(protocol, version, to.company.clone()).await
    }
}

/// The server's version where it speaks JSON-2. Older ones answer this path with a page, or send it to their login page.
async fn newest(wire: &Wire) -> Result<Option<Version>, OdooError> {
    let answer = wire.get("json/version").await?;
    if answer.status.is_server_error() {
        return Err(answer.not_json());
    }
    let version = answer.json.and_then(|answer| Version::read(&answer, "version_info", "version"));
    Ok(version.filter(Version::has_json2))
}

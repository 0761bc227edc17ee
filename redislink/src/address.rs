//! Which Redis a URL names. The forms are those that clients in other languages read: `redis://` and `rediss://`
//! of the Redis documentation, `redis+sentinel://host:26379,host:26379/master` for Sentinel, `redis+cluster://` for
//! Cluster, and redis-py's `ssl_*` parameters for certificates.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisError, TlsCertificates};
use url::form_urlencoded;

use crate::tls;

/// What a URL may begin with, before `://`.
pub const SCHEMES: [&str; 6] =
    ["redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"];

/// The port of a sentinel where none is named.
const SENTINEL_PORT: u16 = 26379;

/// Why a URL cannot be used. No message repeats the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// It begins with something else.
    #[error("must begin with one of {}://", SCHEMES.join("://, "))]
    Scheme,
    /// A host, port, user or database cannot be read.
    #[error("must name its servers as host or host:port, separated by commas where there are several")]
    Servers(#[source] RedisError),
    /// One server only, where several are named.
    #[error("names several servers: say redis+sentinel:// or redis+cluster://")]
    OneServer,
    /// Sentinel watches masters by name.
    #[error("must end with the name of the master that Sentinel watches, such as /mymaster")]
    Master,
    /// A cluster has database 0 alone.
    #[error("must not name a database: a cluster has only one")]
    Database,
    /// TLS without checks would be no better than none.
    #[error(
        "has a part after #, which means nothing here: certificates are always checked; name a private CA with ?ssl_ca_certs="
    )]
    Fragment,
    /// A parameter that nobody reads is a mistake.
    #[error("has a parameter that means nothing here: {0:.40}")]
    Parameter(String),
    /// A certificate or key that cannot be read.
    #[error("names a file that cannot be read: {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A certificate or key that is none.
    #[error("names a certificate or key that cannot be used")]
    Certificates(#[source] RedisError),
    /// A certificate without its key, or the other way round.
    #[error("must name both ssl_certfile and ssl_keyfile, or neither")]
    HalfIdentity,
}

/// Where Redis is, and how to reach it.
#[derive(Clone)]
pub struct Address {
    pub(crate) shape: Shape,
    /// The servers named, with user, password and database; of Sentinel, those of the master behind it.
    pub(crate) servers: Vec<ConnectionInfo>,
    pub(crate) certificates: Option<TlsCertificates>,
}

/// What stands behind the servers named.
#[derive(Clone)]
pub(crate) enum Shape {
    One(Client),
    Sentinel(Watched),
    Cluster,
}

/// A master by its name, and how to sign in at the sentinels.
#[derive(Clone)]
pub(crate) struct Watched {
    pub(crate) master: String,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
}

/// User, password and certificates stay hidden.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = match &self.shape {
            Shape::One(_) => "one server",
            Shape::Sentinel(_) => "Sentinel",
            Shape::Cluster => "Cluster",
        };
        let servers: Vec<String> = self.servers.iter().map(|server| server.addr().to_string()).collect();
        f.debug_struct("Address").field("shape", &shape).field("servers", &servers).finish_non_exhaustive()
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(url: &str) -> Result<Self, AddressError> {
        let parts = Parts::of(url)?;
        let mut parameters = Parameters::read(parts.query)?;
        let certificates = if parts.tls { tls::certificates(&mut parameters)? } else { None };
        let servers = parts.servers(certificates.as_ref())?;
        let shape = parts.shape(&servers, &mut parameters)?;
        parameters.refuse_others()?;
        Ok(Self { shape, servers, certificates })
    }
}

/// A URL in pieces. The `url` crate reads one host a URL, so the list is taken apart here.
struct Parts<'a> {
    kind: &'a str,
    tls: bool,
    login: &'a str,
    hosts: &'a str,
    path: &'a str,
    query: &'a str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Result<Self, AddressError> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(AddressError::Scheme)?;
        if !SCHEMES.contains(&scheme) {
            return Err(AddressError::Scheme);
        }
        if rest.contains('#') {
            return Err(AddressError::Fragment);
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (base, kind) = scheme.split_once('+').unwrap_or((scheme, ""));
        Ok(Self { kind, tls: base == "rediss", login, hosts, path, query })
    }

    /// What stands behind the servers.
    fn shape(&self, servers: &[ConnectionInfo], parameters: &mut Parameters) -> Result<Shape, AddressError> {
        match (self.kind, servers) {
            ("sentinel", _) => Ok(Shape::Sentinel(Watched {
                master: self.master()?.to_owned(),
                username: parameters.take("sentinel_username"),
                password: parameters.take("sentinel_password"),
            })),
            ("cluster", _) if matches!(self.path, "" | "0") => Ok(Shape::Cluster),
            ("cluster", _) => Err(AddressError::Database),
            (_, [server]) => Ok(Shape::One(Client::open(server.clone()).map_err(AddressError::Servers)?)),
            (_, _) => Err(AddressError::OneServer),
        }
    }

    fn master(&self) -> Result<&'a str, AddressError> {
        self.path.split('/').next().filter(|name| !name.is_empty()).ok_or(AddressError::Master)
    }

    fn database(&self) -> &'a str {
        match self.kind {
            "sentinel" => self.path.split_once('/').map_or("", |(_, database)| database),
            "cluster" => "",
            _ => self.path,
        }
    }

    /// Each host as a URL of its own, so that the client's parser reads ports, passwords and IPv6.
    fn servers(&self, certificates: Option<&TlsCertificates>) -> Result<Vec<ConnectionInfo>, AddressError> {
        let scheme = if self.tls { "rediss" } else { "redis" };
        let login = if self.login.is_empty() { String::new() } else { format!("{}@", self.login) };
        let server = |host: &str| {
            let is_bare_sentinel = self.kind == "sentinel" && !has_port(host);
            let port = if is_bare_sentinel { format!(":{SENTINEL_PORT}") } else { String::new() };
            let info = format!("{scheme}://{login}{}{port}/{}", host.trim(), self.database())
                .into_connection_info()
                .map_err(AddressError::Servers)?;
            tls::with_certificates(info, certificates)
        };
        self.hosts.split(',').map(server).collect()
    }
}

/// A colon within the brackets of IPv6 is none before a port.
fn has_port(host: &str) -> bool {
    host.rfind(':') > host.rfind(']')
}

/// What stands behind the `?`.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn read(query: &str) -> Result<Self, AddressError> {
        let mut read: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if read.iter().any(|(known, _)| *known == name) {
                return Err(AddressError::Parameter(name.into_owned()));
            }
            read.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(read))
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(at).1).filter(|value| !value.is_empty())
    }

    fn refuse_others(self) -> Result<(), AddressError> {
        self.0.into_iter().next().map_or(Ok(()), |(name, _)| Err(AddressError::Parameter(name)))
    }
}

/// The same server settings at another place: a node that a cluster named.
pub(crate) fn at_place(template: &ConnectionInfo, host: &str, port: u16) -> ConnectionInfo {
    let host = host.to_owned();
    let addr = match template.addr() {
        ConnectionAddr::TcpTls { insecure, tls_params, .. } => {
            ConnectionAddr::TcpTls { host, port, insecure: *insecure, tls_params: tls_params.clone() }
        }
        _ => ConnectionAddr::Tcp(host, port),
    };
    template.clone().set_addr(addr)
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;

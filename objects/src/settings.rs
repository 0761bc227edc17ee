//! What `rollcall-objects` reads from its environment. Key, secret and bucket have the names that api and
//! worker use, so one environment serves all of them.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Text of `--help`.
pub const HELP: &str = "\
rollcall-objects: an S3 server over a folder, for development

Settings, from the environment:
  OBJECTS_BIND   address to listen on                              [127.0.0.1:9000]
  OBJECTS_ROOT   folder that holds the buckets, made when missing  [.dev/objects]
  S3_ACCESS_KEY  the access key id that requests must be signed with
  S3_SECRET_KEY  its secret
  S3_BUCKET      buckets to make at start, separated by commas     [rollcall]

SIGTERM and Ctrl-C finish running requests (10 s at most). Exit: 0 stopped, 1 failed, 2 bad settings.
";

/// The server's settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen.
    pub bind: SocketAddr,
    /// The folder that holds the buckets.
    pub root: PathBuf,
    /// The one access key id that is known.
    pub access_key: String,
    /// Its secret.
    pub secret_key: String,
    /// Buckets to make at start.
    pub buckets: Vec<String>,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Nothing was given, and there is no default that would be safe.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// Not `<ip address>:<port>`.
    #[error("OBJECTS_BIND is no address with a port")]
    Bind(#[source] std::net::AddrParseError),
}

impl Settings {
    /// Reads the settings through `variable`, which answers for one name.
    ///
    /// # Errors
    /// The first setting that is missing or malformed.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let or = |name, default: &str| set(name).unwrap_or_else(|| default.to_owned());
        Ok(Self {
            bind: or("OBJECTS_BIND", "127.0.0.1:9000").parse().map_err(SettingsError::Bind)?,
            root: or("OBJECTS_ROOT", ".dev/objects").into(),
            access_key: set("S3_ACCESS_KEY").ok_or(SettingsError::Missing("S3_ACCESS_KEY"))?,
            secret_key: set("S3_SECRET_KEY").ok_or(SettingsError::Missing("S3_SECRET_KEY"))?,
            buckets: or("S3_BUCKET", "rollcall").split(',').map(|name| name.trim().to_owned()).collect(),
        })
    }
}

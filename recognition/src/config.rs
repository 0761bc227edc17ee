//! Which provider is asked, and how.

use std::fmt;
use std::time::Duration;

/// One row of configuration. Equal values share a client.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderConfig {
    /// One of [`kind_names`](crate::kind_names).
    pub kind: String,
    /// The provider's base URL, http or https.
    pub endpoint: String,
    /// The key, where the provider wants one.
    pub api_key: Option<String>,
    /// The longest a call may take, name resolution and answer included.
    pub timeout: Duration,
}

impl fmt::Debug for ProviderConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderConfig")
            .field("kind", &self.kind)
            .field("has_api_key", &self.api_key.is_some())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

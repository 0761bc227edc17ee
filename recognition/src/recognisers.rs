//! The client of the configuration that holds now. A changed configuration takes effect at the next call, without a
//! restart; what is known about an endpoint stays with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use platform::outbound::HttpClient;
use platform::outbound::Outbound;

use crate::breaker::BreakerSettings;
use crate::client::Client;
use crate::config::ProviderConfig;
use crate::error::ProviderError;
use crate::recogniser::Recogniser;
use crate::standing::Standing;

/// Endpoints that are remembered; an administrator who has tried more begins anew.
const MAX_ENDPOINTS: usize = 32;

/// When a provider is left alone.
#[derive(Debug, Clone, Copy)]
pub struct Tuning {
    /// So many failures...
    pub failures: usize,
    /// ...within this time open the circuit.
    pub window: Duration,
    /// After this time a single call is let through to see whether the provider is well again.
    pub cool_down: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { failures: 5, window: Duration::from_secs(30), cool_down: Duration::from_secs(15) }
    }
}

/// Hands out clients. One per process.
#[derive(Debug)]
pub struct Recognisers {
    http: HttpClient,
    tuning: Tuning,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    current: Option<(ProviderConfig, Arc<Client>)>,
    standings: HashMap<String, Arc<Standing>>,
}

impl Recognisers {
    /// # Errors
    /// When the TLS roots of this machine cannot be loaded.
    pub fn new(outbound: Outbound, tuning: Tuning) -> Result<Self, ProviderError> {
        let http = outbound.http_client(|builder| {
            builder.pool_idle_timeout(Duration::from_secs(30)).connect_timeout(Duration::from_secs(5))
        })?;
        Ok(Self { http, tuning, known: Mutex::default() })
    }

    /// The client for this configuration: the same one as long as the configuration is the same.
    ///
    /// # Errors
    /// [`ProviderError::UnknownKind`] and [`ProviderError::BadConfig`].
    pub fn get(&self, config: &ProviderConfig) -> Result<Arc<dyn Recogniser>, ProviderError> {
        // No code can panic while it holds the lock half-way through a change.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((current, client)) = &known.current
            && current == config
        {
            return Ok(Arc::clone(client) as Arc<dyn Recogniser>);
        }
        let standing = known.standing(&config.endpoint, self.tuning);
        let client = Arc::new(Client::new(config, self.http.clone(), standing)?);
        known.current = Some((config.clone(), Arc::clone(&client)));
        Ok(client)
    }
}

impl Known {
    fn standing(&mut self, endpoint: &str, tuning: Tuning) -> Arc<Standing> {
        if self.standings.len() >= MAX_ENDPOINTS && !self.standings.contains_key(endpoint) {
            self.standings.clear();
        }
        let Tuning { failures, window, cool_down } = tuning;
        let new = || Arc::new(Standing::new(BreakerSettings { failures, window, cool_down }));
        Arc::clone(self.standings.entry(endpoint.to_owned()).or_insert_with(new))
    }
}

//! Attendance logs on their way to Odoo.

use std::time::Duration;

use queue::{Backoff, ConcurrencyKey, Unique, Window};
use serde::{Deserialize, Serialize};

use crate::{Job, queues};

/// Send logs to Odoo: those that are pending or failed, or those that somebody named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OdooSync {
    /// Ids of the logs; nothing means every one that is pending or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_ids: Option<Vec<String>>,
}

/// What came of a sync, over all its attempts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OdooSyncReport {
    /// Logs that Odoo has now as they are here.
    pub synced: u64,
    /// Logs that it refused, or that could not be sent; each says why.
    pub failed: u64,
}

impl Job for OdooSync {
    const KIND: &'static str = "odoo_sync";
    const QUEUE: &'static str = queues::INTEGRATIONS;
    const MAX_ATTEMPTS: u32 = 5;
    /// The handler gives each batch 120 s of its own; this bounds a backlog of any length.
    const TIMEOUT: Duration = Duration::from_secs(6 * 3_600);
    const BACKOFF: Backoff = Backoff { base: Duration::from_secs(10), cap: Duration::from_secs(300) };
    type Output = OdooSyncReport;

    /// A sync of everything that waits stands in for a second one.
    fn unique(&self) -> Option<Unique> {
        let everything = Unique { key: "odoo_sync".to_owned(), window: Window::UntilFinished };
        self.record_ids.is_none().then_some(everything)
    }

    /// One at a time for the whole system.
    fn concurrency_key(&self) -> Option<ConcurrencyKey> {
        Some(ConcurrencyKey { key: "odoo".to_owned(), limit: 1 })
    }
}

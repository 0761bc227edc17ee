//! The sync that nobody has to ask for.

use std::time::Duration;

use queue::{Unique, Window};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, queues};

/// Ask for a sync of everything that waits, where the connection's `autoSync` is on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledOdooSync {}

/// Which sync was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduledOdooSyncReport {
    /// The sync; nothing where `autoSync` is off or nothing waits.
    pub job_id: Option<Uuid>,
}

impl Job for ScheduledOdooSync {
    const KIND: &'static str = "scheduled_odoo_sync";
    const QUEUE: &'static str = queues::INTEGRATIONS;
    const MAX_ATTEMPTS: u32 = 1;
    const TIMEOUT: Duration = Duration::from_secs(30);
    type Output = ScheduledOdooSyncReport;

    fn unique(&self) -> Option<Unique> {
        Some(Unique { key: "scheduled_odoo_sync".to_owned(), window: Window::UntilFinished })
    }
}

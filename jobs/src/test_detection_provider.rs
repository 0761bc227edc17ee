//! A look at the detection provider's health.

use std::time::Duration;

use queue::{Unique, Window};
use serde::{Deserialize, Serialize};

use crate::{Job, queues};

/// Ask the provider how it is, and keep the answer in its configuration row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestDetectionProvider {}

/// How the provider is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderReport {
    /// `connected`, `degraded` or `offline`.
    pub status: String,
    /// Milliseconds until it answered.
    pub latency_ms: u64,
    /// What it said, or why it could not be asked.
    pub message: String,
}

impl Job for TestDetectionProvider {
    const KIND: &'static str = "test_detection_provider";
    const QUEUE: &'static str = queues::DEFAULT;
    const MAX_ATTEMPTS: u32 = 3;
    const TIMEOUT: Duration = Duration::from_secs(30);
    type Output = ProviderReport;

    fn unique(&self) -> Option<Unique> {
        Some(Unique { key: "test_detection_provider".to_owned(), window: Window::UntilFinished })
    }
}

//! A mail to one address. One job a recipient, so that an address that is refused keeps nobody else's mail.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, queues};

/// Send a mail, where the installation has a mail server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendEmail {
    /// Address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The words.
    pub text: String,
    /// An export whose file goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export_id: Option<Uuid>,
}

/// Whether the mail went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailReport {
    /// Whether the mail server took it.
    pub sent: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Job for SendEmail {
    const KIND: &'static str = "send_email";
    const QUEUE: &'static str = queues::INTEGRATIONS;
    const MAX_ATTEMPTS: u32 = 5;
    const TIMEOUT: Duration = Duration::from_secs(30);
    type Output = EmailReport;
}

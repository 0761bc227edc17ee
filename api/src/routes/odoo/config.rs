//! The settings of the connection to Odoo as clients see and send them.

use entity::{
    Secret,
    attendance_log::Waiting,
    odoo_config::{self as row, ActiveModel, Model},
};
use odoo::Connection;
use platform::seal;
use poem_openapi::{Enum, Object};
use sea_orm::ActiveValue::{NotSet, Set};

use crate::{
    error::{ApiError, FieldIssue},
    extract::OneLine,
    routes::service::{KeyChange, check_address, shown},
    state::App,
    timestamp::Timestamp,
};

/// How the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "row::Status", rename = "OdooConnection", rename_all = "lowercase")]
pub enum ConnectionStatus {
    /// The last call went well.
    Connected,
    /// Not tried since it was entered.
    Disconnected,
    /// The last call was refused, or not answered.
    Error,
}

/// The settings.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct OdooConfig {
    /// Address of the server; empty where none was entered.
    base_url: String,
    /// Name of the database.
    database: String,
    /// Login.
    username: String,
    /// Name of the company whose employees count.
    company: Option<String>,
    /// `***` where there is one.
    api_key: Option<String>,
    /// Whether the schedule syncs.
    auto_sync: bool,
    /// How it was at the last call.
    status: ConnectionStatus,
    /// The last sync that ended well.
    last_sync: Option<Timestamp>,
    /// Logs that are to be sent.
    pending_count: i64,
    /// Logs that could not be sent.
    failure_count: i64,
    /// Rises with each edit.
    version: i32,
}

impl OdooConfig {
    pub fn new(row: Model, waiting: Waiting) -> Self {
        Self {
            base_url: row.base_url,
            database: row.database,
            username: row.username,
            company: row.company,
            api_key: shown(row.api_key.as_ref()),
            auto_sync: row.auto_sync,
            status: row.status.into(),
            last_sync: row.last_sync.map(Timestamp),
            pending_count: waiting.pending + waiting.leaving,
            failure_count: waiting.failed,
            version: row.version,
        }
    }
}

/// Changes of the settings: what is absent stays as it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct OdooChanges {
    /// Address of the server, http or https, without credentials; an empty text removes it.
    #[oai(validator(max_length = 500))]
    base_url: Option<OneLine>,
    /// Name of the database.
    #[oai(validator(max_length = 120))]
    database: Option<OneLine>,
    /// Login.
    #[oai(validator(max_length = 200))]
    username: Option<OneLine>,
    /// Name of the company whose employees count; an empty text means those of every company that the user sees.
    #[oai(validator(max_length = 200))]
    company: Option<OneLine>,
    /// A new key; `***` keeps the stored one, which then must go to the same server, an empty text removes it.
    #[oai(validator(max_length = 500))]
    api_key: Option<String>,
    /// Whether the schedule syncs.
    auto_sync: Option<bool>,
    /// The version that was read; a stale one is refused with `VERSION_CONFLICT`.
    #[oai(validator(minimum(value = "1")))]
    pub(super) version: Option<i32>,
}

impl OdooChanges {
    /// The columns to write over `current`.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub(super) async fn columns(self, app: &App, current: &Model) -> Result<ActiveModel, ApiError> {
        let (base_url, stored) = (trimmed(self.base_url), current.api_key.as_ref());
        let key = KeyChange { sent: self.api_key.as_deref(), stored, purpose: seal::ODOO_KEY };
        let mut issues = Vec::new();
        if let Some(url) = base_url.as_deref().filter(|url| !url.is_empty()) {
            issues.extend(check(app, url).await.err().map(|issue| FieldIssue::new("baseUrl", issue)));
        }
        issues.extend(key.issue(&current.base_url, base_url.as_deref()));
        if !issues.is_empty() {
            return Err(ApiError::Validation(issues));
        }
        Ok(ActiveModel {
            api_key: key.column(&app.sealer)?,
            base_url: base_url.map_or(NotSet, Set),
            database: trimmed(self.database).map_or(NotSet, Set),
            username: trimmed(self.username).map_or(NotSet, Set),
            company: trimmed(self.company)
                .map_or(NotSet, |name| Set(Some(name).filter(|name| !name.is_empty()))),
            auto_sync: self.auto_sync.map_or(NotSet, Set),
            ..Default::default()
        })
    }
}

fn trimmed(text: Option<OneLine>) -> Option<String> {
    text.map(|text| text.0.trim().to_owned())
}

/// Another server, database, user or key has not been tried.
pub fn untried(before: &Model, columns: ActiveModel) -> ActiveModel {
    let same = ActiveModel {
        auto_sync: Set(before.auto_sync),
        company: Set(before.company.clone()),
        ..columns.clone()
    };
    if super::differs(before, &same) {
        ActiveModel { status: Set(row::Status::Disconnected), ..columns }
    } else {
        columns
    }
}

async fn check(app: &App, address: &str) -> Result<(), String> {
    let url = check_address(app, address, "username and apiKey").await?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must be the server's address alone, without a query".to_owned());
    }
    Ok(())
}

fn opened(app: &App, row: &Model) -> Result<Option<String>, ApiError> {
    let open = |key: &Secret| app.sealer.open(seal::ODOO_KEY, key.expose());
    Ok(row.api_key.as_ref().map(open).transpose()?)
}

/// How to reach the Odoo of `row`; nothing where it is not filled in.
///
/// # Errors
/// Its key was sealed with a key that is not configured any more.
pub fn connection(app: &App, row: &Model) -> Result<Option<Connection>, ApiError> {
    let Some(api_key) = opened(app, row)?.filter(|_| !row.base_url.is_empty() && !row.database.is_empty())
    else {
        return Ok(None);
    };
    Ok(Some(Connection {
        base_url: row.base_url.clone(),
        database: row.database.clone(),
        username: row.username.clone(),
        api_key,
        company: row.company.clone(),
    }))
}

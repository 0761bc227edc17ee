//! The settings of the connection to Odoo as clients see and send them.

use entity::{
    Secret,
    attendance_log::Waiting,
    odoo_config::{self as row, ActiveModel, Model},
};
use odoo::Connection;
use platform::{outbound::OutboundError, seal};
use poem_openapi::{Enum, Object};
use sea_orm::ActiveValue::{NotSet, Set};
use url::Url;

use crate::{
    error::{ApiError, FieldIssue},
    extract::OneLine,
    state::App,
    timestamp::Timestamp,
};

const MASK: &str = "***";

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
            api_key: row.api_key.map(|_| MASK.to_owned()),
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
        let keeps_key = self.keeps_key(current);
        let base_url = trimmed(self.base_url);
        let mut issues = Vec::new();
        if let Some(url) = base_url.as_deref().filter(|url| !url.is_empty()) {
            issues.extend(check(app, url).await.err().map(|issue| FieldIssue::new("baseUrl", issue)));
        }
        if self.api_key.as_ref().is_some_and(|key| key.contains(|c: char| !c.is_ascii_graphic())) {
            issues.push(FieldIssue::new("apiKey", "must be printable ASCII without spaces"));
        }
        if keeps_key && base_url.as_deref().is_some_and(|url| is_elsewhere(url, &current.base_url)) {
            let text = "must be entered anew, or removed, with another server: the stored one is that of the old one";
            issues.push(FieldIssue::new("apiKey", text));
        }
        if !issues.is_empty() {
            return Err(ApiError::Validation(issues));
        }
        Ok(ActiveModel {
            base_url: base_url.map_or(NotSet, Set),
            database: trimmed(self.database).map_or(NotSet, Set),
            username: trimmed(self.username).map_or(NotSet, Set),
            company: trimmed(self.company)
                .map_or(NotSet, |name| Set(Some(name).filter(|name| !name.is_empty()))),
            api_key: match self.api_key.as_deref() {
                None | Some(MASK) => NotSet,
                Some("") => Set(None),
                // What is stored already is not sealed again: that would look like a change.
                Some(key) if opened(app, current).is_ok_and(|known| known.as_deref() == Some(key)) => NotSet,
                Some(key) => Set(Some(Secret::new(app.sealer.seal(seal::ODOO_KEY, key)?))),
            },
            auto_sync: self.auto_sync.map_or(NotSet, Set),
            ..Default::default()
        })
    }
}

impl OdooChanges {
    fn keeps_key(&self, current: &Model) -> bool {
        current.api_key.is_some() && self.api_key.as_deref().is_none_or(|key| key == MASK)
    }
}

/// Whether the address leaves the server that was entered: a stored key is sent to none that it was not entered for.
fn is_elsewhere(url: &str, before: &str) -> bool {
    let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
    !before.is_empty() && origin(url) != origin(before)
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

/// A name that cannot be resolved now may be one tomorrow; what may never be called is refused.
async fn check(app: &App, address: &str) -> Result<(), String> {
    let url = Url::parse(address).map_err(|_| "must be an http or https address".to_owned())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain credentials: they belong into username and apiKey".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must be the server's address alone, without a query".to_owned());
    }
    match app.machinery.outbound.check(&url, &["http", "https"]).await {
        Ok(_) | Err(OutboundError::Unresolvable(_)) => Ok(()),
        Err(refused) => Err(refused.to_string()),
    }
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

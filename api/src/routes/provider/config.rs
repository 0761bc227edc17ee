//! The settings of the detection provider as clients see and send them.

use entity::{
    Secret,
    detection_provider_config::{self as row, ActiveModel, Model, ProviderKind as RowKind},
};
use platform::seal::{self, SealError};
use poem_openapi::{Enum, Object};
use recognition::ProviderConfig as Connection;
use sea_orm::ActiveValue::{NotSet, Set};

use crate::{
    error::{ApiError, FieldIssue},
    extract::OneLine,
    routes::service::{KeyChange, check_address, shown},
    state::App,
    timestamp::Timestamp,
};

/// Protocols of recognisers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "RowKind", rename_all = "lowercase")]
pub enum ProviderKind {
    /// Our own provider.
    Rollcall,
    /// CompreFace 1.2.
    Compreface,
    /// DeepStack and CodeProject.AI.
    Deepstack,
    /// Any service that speaks the plain contract.
    Http,
}

/// How the recogniser is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(remote = "row::Status", rename_all = "lowercase")]
pub enum ProviderStatus {
    /// It answers.
    Connected,
    /// It is slow, or some of its answers fail.
    Degraded,
    /// It does not answer.
    Offline,
}

/// The settings.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ProviderConfig {
    /// Name for people.
    provider_name: String,
    /// Which protocol it speaks.
    kind: ProviderKind,
    /// Base address.
    endpoint: String,
    /// `***` where there is one.
    api_key: Option<String>,
    /// Whether it is asked at all.
    enabled: bool,
    /// 0 to 100: from here on a match counts.
    min_confidence: f64,
    /// Limit of one call in milliseconds.
    timeout_ms: i32,
    /// How it was at the last calls.
    status: ProviderStatus,
    /// Its last answer.
    last_heartbeat: Option<Timestamp>,
    /// Moving average in milliseconds.
    average_latency_ms: f64,
    /// Rises with each edit.
    version: i32,
}

impl From<Model> for ProviderConfig {
    fn from(row: Model) -> Self {
        Self {
            provider_name: row.provider_name,
            kind: row.kind.into(),
            endpoint: row.endpoint,
            api_key: shown(row.api_key.as_ref()),
            enabled: row.enabled,
            min_confidence: row.min_confidence,
            timeout_ms: row.timeout_ms,
            status: row.status.into(),
            last_heartbeat: row.last_heartbeat.map(Timestamp),
            average_latency_ms: row.average_latency_ms,
            version: row.version,
        }
    }
}

/// Changes of the settings: what is absent stays as it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ProviderChanges {
    /// Name for people.
    #[oai(validator(min_length = 1, max_length = 120))]
    provider_name: Option<OneLine>,
    /// Which protocol it speaks. With another kind and no `minConfidence`, that becomes the kind's own.
    kind: Option<ProviderKind>,
    /// Base address, http or https, without credentials.
    #[oai(validator(min_length = 1, max_length = 500))]
    endpoint: Option<OneLine>,
    /// A new key; `***` keeps the stored one, which then must go to the same server, an empty text removes it.
    #[oai(validator(max_length = 500))]
    api_key: Option<String>,
    /// Whether it is asked at all.
    enabled: Option<bool>,
    /// 0 to 100: from here on a match counts.
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    min_confidence: Option<f64>,
    /// Limit of one call in milliseconds, 100 to 60,000.
    #[oai(validator(minimum(value = "100"), maximum(value = "60000")))]
    timeout_ms: Option<i32>,
    /// The version that was read; a stale one is refused with `VERSION_CONFLICT`.
    #[oai(validator(minimum(value = "1")))]
    pub(super) version: Option<i32>,
}

impl ProviderChanges {
    /// The columns to write over `current`.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub(super) async fn columns(self, app: &App, current: &Model) -> Result<ActiveModel, ApiError> {
        let (mut issues, mut min_confidence) = (Vec::new(), self.min_confidence);
        if let Some(kind) = self.kind.map(RowKind::from).filter(|kind| *kind != current.kind) {
            match recognition::kind_named(name_of(kind)) {
                Some(known) => min_confidence = min_confidence.or(Some(known.default_min_confidence())),
                None => issues.push(FieldIssue::new("kind", unknown_kind())),
            }
        }
        if let Some(name) = &self.provider_name
            && name.0.trim().is_empty()
        {
            issues.push(FieldIssue::new("providerName", "must not be blank"));
        }
        let endpoint = self.endpoint.as_ref().map(|text| text.0.trim());
        if let Some(endpoint) = endpoint {
            let refused = check_address(app, endpoint, "apiKey").await.err();
            issues.extend(refused.map(|issue| FieldIssue::new("endpoint", issue)));
        }
        let stored = current.api_key.as_ref();
        let key = KeyChange { sent: self.api_key.as_deref(), stored, purpose: seal::PROVIDER_KEY };
        issues.extend(key.issue(&current.endpoint, endpoint));
        if !issues.is_empty() {
            return Err(ApiError::Validation(issues));
        }
        Ok(ActiveModel {
            api_key: key.column(&app.sealer)?,
            endpoint: endpoint.map_or(NotSet, |text| Set(text.to_owned())),
            provider_name: self.provider_name.map_or(NotSet, |name| Set(name.0.trim().to_owned())),
            kind: self.kind.map_or(NotSet, |kind| Set(kind.into())),
            enabled: self.enabled.map_or(NotSet, Set),
            min_confidence: min_confidence.map_or(NotSet, Set),
            timeout_ms: self.timeout_ms.map_or(NotSet, Set),
            ..Default::default()
        })
    }
}

fn unknown_kind() -> String {
    let known: Vec<_> = recognition::kind_names().collect();
    format!("this version speaks {} only", known.join(" and "))
}

/// How to call the provider of `row`.
///
/// # Errors
/// Its key was sealed with a key that is not configured any more.
pub(in crate::routes) fn connection(app: &App, row: &Model) -> Result<Connection, SealError> {
    let open = |key: &Secret| app.sealer.open(seal::PROVIDER_KEY, key.expose());
    Ok(Connection {
        kind: name_of(row.kind).to_owned(),
        endpoint: row.endpoint.clone(),
        api_key: row.api_key.as_ref().map(open).transpose()?,
        timeout: std::time::Duration::from_millis(u64::try_from(row.timeout_ms).unwrap_or(1)),
    })
}

fn name_of(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Rollcall => "rollcall",
        RowKind::Compreface => "compreface",
        RowKind::Deepstack => "deepstack",
        RowKind::Http => "http",
    }
}

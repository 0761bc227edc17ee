//! `/detections/provider`: which recogniser is asked, and how it is.

mod config;

use std::{sync::Arc, time::Duration};

use entity::{Edit, detection_provider_config as row};
use poem_openapi::{Object, OpenApi};
use recognition::Checkup;

pub(super) use self::config::connection;
use self::config::{ProviderChanges, ProviderConfig, ProviderStatus};
use super::{Tag, difference::differs};
use crate::{
    audit::{Change, Entry},
    auth::{Auth, DetectionsRead, DetectionsWrite, SystemWrite},
    envelope::Reply,
    error::ApiError,
    extract::Body,
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

/// How the provider is just now.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct ProviderTest {
    /// Whether it answers.
    status: ProviderStatus,
    /// Milliseconds until it answered; null where it did not.
    latency_ms: Option<u64>,
    /// One sentence for people.
    message: String,
}

impl From<Checkup> for ProviderTest {
    fn from(found: Checkup) -> Self {
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let status = match found.status {
            recognition::ProviderStatus::Connected => ProviderStatus::Connected,
            recognition::ProviderStatus::Degraded => ProviderStatus::Degraded,
            recognition::ProviderStatus::Offline => ProviderStatus::Offline,
        };
        Self { status, latency_ms: found.latency.map(milliseconds), message: found.message }
    }
}

#[OpenApi(prefix_path = "/detections", tag = "Tag::Detections")]
impl Api {
    /// How is the provider?
    ///
    /// Asks it now, and changes nothing: its recorded status, and alerts about it, are the periodic check's. Kind `rollcall` is
    /// asked for its health document; kind `http`, which has none, is sent an empty grey picture as if of the camera
    /// `health-check`, and must answer it like any other. An answer of another shape is `offline`; one that tells of trouble,
    /// or that refuses the picture with 400, 413, 415 or 422, is `degraded`.
    #[oai(path = "/test-provider", method = "post")]
    async fn test(&self, _auth: Auth<DetectionsWrite>) -> Result<Reply<ProviderTest>, ApiError> {
        let row = row::get(&self.0.db).await?;
        let connection = connection(&self.0, &row)?;
        Ok(Reply(match self.0.machinery.recognisers.get(&connection) {
            Ok(recogniser) => recogniser.check_up().await.into(),
            Err(unusable) => ProviderTest {
                status: ProviderStatus::Offline,
                latency_ms: None,
                message: unusable.to_string(),
            },
        }))
    }

    /// Read the provider's settings
    #[oai(path = "/provider/config", method = "get")]
    async fn read(&self, _auth: Auth<DetectionsRead>) -> Result<Reply<ProviderConfig>, ApiError> {
        Ok(Reply(row::get(&self.0.db).await?.into()))
    }

    /// Change the provider's settings
    ///
    /// In force within five seconds on every worker, without a restart. What the body leaves out stays as it is; where nothing
    /// changes, the version stays too.
    #[oai(path = "/provider/config", method = "put")]
    async fn change(
        &self,
        auth: Auth<SystemWrite>,
        body: Body<ProviderChanges>,
    ) -> Result<Reply<ProviderConfig>, ApiError> {
        let expected = body.0.version;
        let before = row::get(&self.0.db).await?;
        if expected.is_some_and(|version| version != before.version) {
            return Err(ApiError::VersionConflict);
        }
        let columns = body.0.columns(&self.0, &before).await?;
        if !differs(&before, &columns) {
            return Ok(Reply(before.into()));
        }
        let change = Change::begin(&self.0.db, &auth.call).await?;
        // They were judged beside this version: a server and a key of two people must not come together.
        let after = match row::edit(&*change, Some(before.version), columns).await? {
            Edit::Saved(after) => after,
            Edit::Stale => return Err(ApiError::VersionConflict),
            Edit::Missing => return Err(ApiError::not_found("provider")),
        };
        let entry = Entry::new("provider.update", "The detection provider's settings were changed");
        change.commit(entry.on("detection_provider", &1).before(&before).after(&after)).await?;
        Ok(Reply(after.into()))
    }
}

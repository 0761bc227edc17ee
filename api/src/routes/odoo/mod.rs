//! `/odoo`: the connection to Odoo, how it is, and what came of each log that was sent there. Syncing itself stands in
//! [`sync`].

mod config;
mod record;
pub mod sync;
mod test;

use std::sync::Arc;

use entity::{
    Edit,
    attendance_log::{self, Waiting},
    odoo_config as row, odoo_sync_log,
};
use jobs::{Job as _, OdooSync};
use poem_openapi::{Object, OpenApi, param::Query};
use queue::{JobFilter, JobState};

use self::{
    config::{ConnectionStatus, OdooChanges, OdooConfig},
    record::{SyncRecord, SyncResult},
    test::OdooTest,
};
use super::{Tag, difference::differs, site::Calendar, text};
use crate::{
    audit::{Change, Entry},
    auth::{Auth, OdooRead, OdooWrite},
    envelope::{Page, Reply},
    error::ApiError,
    extract::{Body, PageNumber, PageSize, Paging},
    state::App,
    timestamp::Timestamp,
};

/// The routes.
pub struct Api(pub Arc<App>);

/// How the connection is, at a glance.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
struct OdooState {
    /// How it was at the last call.
    status: ConnectionStatus,
    /// The last sync that ended well.
    last_sync: Option<Timestamp>,
    /// Logs that are to be sent.
    pending_count: i64,
    /// Logs that could not be sent.
    failure_count: i64,
    /// Whether a sync was asked for and has not ended: it runs, or waits for its turn, for a retry, or for Odoo to show what it has.
    running: bool,
}

#[OpenApi(prefix_path = "/odoo", tag = "Tag::Odoo")]
impl Api {
    /// Read the connection's settings
    #[oai(path = "/config", method = "get")]
    async fn read(&self, _auth: Auth<OdooRead>) -> Result<Reply<OdooConfig>, ApiError> {
        let row = row::get(&self.0.db).await?;
        Ok(Reply(OdooConfig::new(row, waiting(&self.0).await?)))
    }

    /// Change the connection's settings
    ///
    /// In force from the next call to Odoo on. What the body leaves out stays as it is; where nothing changes, the version stays
    /// too. The status is `disconnected` until a test or a sync has tried the new settings.
    #[oai(path = "/config", method = "put")]
    async fn change(
        &self,
        auth: Auth<OdooWrite>,
        body: Body<OdooChanges>,
    ) -> Result<Reply<OdooConfig>, ApiError> {
        let (expected, before) = (body.0.version, row::get(&self.0.db).await?);
        if expected.is_some_and(|version| version != before.version) {
            return Err(ApiError::VersionConflict);
        }
        let columns = body.0.columns(&self.0, &before).await?;
        let waiting = waiting(&self.0).await?;
        if !differs(&before, &columns) {
            return Ok(Reply(OdooConfig::new(before, waiting)));
        }
        let columns = config::untried(&before, columns);
        let change = Change::begin(&self.0.db, &auth.call).await?;
        // They were judged beside this version: a server and a key of two people must not come together.
        let after = match row::edit(&*change, Some(before.version), columns).await? {
            Edit::Saved(after) => after,
            Edit::Stale => return Err(ApiError::VersionConflict),
            Edit::Missing => return Err(ApiError::not_found("connection to Odoo")),
        };
        let entry = Entry::new("odoo.update", "The settings of the connection to Odoo were changed");
        change.commit(entry.on("odoo", &1).before(&before).after(&after)).await?;
        Ok(Reply(OdooConfig::new(after, waiting)))
    }

    /// Does the connection work?
    ///
    /// Signs in for real, looks whether attendances may be made and employees be read, and counts how many of our people are
    /// found there. Nothing is changed in Odoo; the connection's status here is what came of it.
    #[oai(path = "/test", method = "post")]
    async fn test(&self, _auth: Auth<OdooWrite>) -> Result<Reply<OdooTest>, ApiError> {
        test::test(&self.0).await.map(Reply)
    }

    /// What came of each log that was sent
    ///
    /// Newest first. `from` and `to` are timestamps, or days of the site; both are included.
    #[oai(path = "/logs", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "one for each query parameter of the contract")]
    async fn logs(
        &self,
        _auth: Auth<OdooRead>,
        result: Query<Option<SyncResult>>,
        #[oai(name = "employeeId")] employee_id: Query<Option<String>>,
        from: Query<Option<String>>,
        to: Query<Option<String>>,
        page: PageNumber,
        #[oai(name = "pageSize")] size: PageSize,
    ) -> Result<Page<SyncRecord>, ApiError> {
        let zone = Calendar::now(&self.0).await?.zone;
        let (from, to) = text::period(from.0.as_deref(), to.0.as_deref(), zone)?;
        let employee_id = text::filter("employeeId", employee_id.0)?;
        let filter = odoo_sync_log::Filter { result: result.0.map(Into::into), employee_id, from, to };
        let paging = Paging::new(&page, &size);
        Ok(Page::new(odoo_sync_log::list(&self.0.db, &filter, paging.into()).await?, paging))
    }

    /// How is it going?
    #[oai(path = "/status", method = "get")]
    async fn status(&self, _auth: Auth<OdooRead>) -> Result<Reply<OdooState>, ApiError> {
        let (row, waiting) = (row::get(&self.0.db).await?, waiting(&self.0).await?);
        Ok(Reply(OdooState {
            status: row.status.into(),
            last_sync: row.last_sync.map(Timestamp),
            pending_count: waiting.pending + waiting.leaving,
            failure_count: waiting.failed,
            running: is_running(&self.0).await?,
        }))
    }
}

async fn waiting(app: &App) -> Result<Waiting, ApiError> {
    Ok(attendance_log::count_waiting(&app.db).await?)
}

/// The states of a job that has not ended; one that leaves a state while this looks is met in a later one.
const UNDER_WAY: [JobState; 4] = [JobState::Ready, JobState::Running, JobState::Retry, JobState::Scheduled];

async fn is_running(app: &App) -> Result<bool, ApiError> {
    for state in UNDER_WAY {
        let (queue, kind) = (Some(OdooSync::QUEUE.to_owned()), Some(OdooSync::KIND.to_owned()));
        let filter = JobFilter { queue, kind, state: Some(state), actor: None };
        if app.machinery.queues.jobs(&filter, 1, 1).await?.total > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

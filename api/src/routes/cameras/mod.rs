//! `/cameras`: the cameras, their streams, and their way in and out as a file.

mod address;
mod camera;
mod edits;
mod export;
mod fields;
mod import;
mod list;
mod rows;
mod stream;
mod summary;

use std::sync::Arc;

pub use self::edits::{can_be_an_id, living};
use self::{
    camera::{Camera, CameraStatus, StreamType},
    export::Export,
    fields::{CameraChanges, NewCamera},
    import::{Imported, Mode},
    rows::Rows,
    stream::{ConnectionTest, Snapshot},
    summary::CameraSummary,
};
use entity::camera::Filter;
use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
};

use super::{Tag, text};
use crate::{
    auth::{Auth, CamerasDelete, CamerasRead, CamerasWrite},
    envelope::{Created, NoContent, Reply},
    error::ApiError,
    extract::{Body, PageNumber, PageSize, Paging},
    machinery::CameraQuery,
    polled::{IfNoneMatch, Polled, PolledPage, Prepared},
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

/// Whether frames may be taken.
#[derive(Object)]
struct CameraState {
    enabled: bool,
}

#[OpenApi(prefix_path = "/cameras", tag = "Tag::Cameras")]
impl Api {
    /// List cameras
    ///
    /// `search` looks for a part of id, name or location, whatever its case.
    #[oai(path = "/", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "one for each query parameter of the contract")]
    async fn list(
        &self,
        auth: Auth<CamerasRead>,
        status: Query<Option<CameraStatus>>,
        #[oai(name = "streamType")] stream_type: Query<Option<StreamType>>,
        enabled: Query<Option<bool>>,
        search: Query<Option<String>>,
        page: PageNumber,
        #[oai(name = "pageSize")] size: PageSize,
        #[oai(name = "If-None-Match")] known: IfNoneMatch,
    ) -> Result<PolledPage<Camera>, ApiError> {
        let filter = Filter {
            status: status.0.map(Into::into),
            stream_type: stream_type.0.map(Into::into),
            enabled: enabled.0,
            search: text::filter("search", search.0)?,
        };
        let paging = Paging::new(&page, &size);
        let query = CameraQuery { filter, page: paging.into(), with_credentials: auth.may::<CamerasWrite>() };
        Ok(PolledPage::new(&known, list::page(&self.0, query, paging).await?))
    }

    /// Make a camera
    #[oai(path = "/", method = "post")]
    async fn create(
        &self,
        auth: Auth<CamerasWrite>,
        body: Body<NewCamera>,
    ) -> Result<Created<Camera>, ApiError> {
        let row = edits::create(&self.0, &auth.call, body.0).await?;
        Ok(Created(Camera::new(&self.0, row, true)?))
    }

    /// What each camera did today
    #[oai(path = "/summary", method = "get")]
    async fn summary(
        &self,
        _auth: Auth<CamerasRead>,
        #[oai(name = "If-None-Match")] known: IfNoneMatch,
    ) -> Result<Polled<Vec<CameraSummary>>, ApiError> {
        Ok(known.answer(Prepared::new(&summary::today(&self.0).await?)))
    }

    /// Cameras as a file
    ///
    /// Credentials are `***`. Importing the file into the same installation changes nothing.
    #[oai(path = "/export", method = "get")]
    async fn export(&self, _auth: Auth<CamerasWrite>) -> Result<Export, ApiError> {
        export::export(&self.0).await
    }

    /// Cameras from a list
    ///
    /// All of them or none: any wrong entry is a 422 whose details are `{"failed":[{"index","issues"}]}`. An entry with
    /// the id of a camera changes that one, and what it leaves out stays. `mode=replace` deletes the cameras that the
    /// list does not name; `dryRun=true` writes nothing and answers what would be done.
    #[oai(path = "/import", method = "post")]
    async fn import(
        &self,
        auth: Auth<CamerasWrite>,
        mode: Query<Option<Mode>>,
        #[oai(name = "dryRun")] dry_run: Query<Option<bool>>,
        rows: Rows,
    ) -> Result<Reply<Imported>, ApiError> {
        let (mode, dry_run) = (mode.0.unwrap_or_default(), dry_run.0.unwrap_or(false));
        import::import(&self.0, &auth.call, rows.0, mode, dry_run).await.map(Reply)
    }

    /// Read a camera
    #[oai(path = "/:id", method = "get")]
    async fn read(&self, auth: Auth<CamerasRead>, id: Path<String>) -> Result<Reply<Camera>, ApiError> {
        let row = living(&self.0.db, &id.0).await?;
        Ok(Reply(Camera::new(&self.0, row, auth.may::<CamerasWrite>())?))
    }

    /// Change a camera
    ///
    /// What the body leaves out stays as it is; where nothing changes, the version stays too.
    #[oai(path = "/:id", method = "put")]
    async fn change(
        &self,
        auth: Auth<CamerasWrite>,
        id: Path<String>,
        body: Body<CameraChanges>,
    ) -> Result<Reply<Camera>, ApiError> {
        let row = edits::change(&self.0, &auth.call, &id.0, body.0).await?;
        Ok(Reply(Camera::new(&self.0, row, true)?))
    }

    /// Delete a camera
    ///
    /// It is hidden everywhere, its history stays, and its id is never used again.
    #[oai(path = "/:id", method = "delete")]
    async fn delete(&self, auth: Auth<CamerasDelete>, id: Path<String>) -> Result<NoContent, ApiError> {
        edits::delete(&self.0, &auth.call, &id.0).await?;
        Ok(NoContent)
    }

    /// Switch a camera on or off
    #[oai(path = "/:id/state", method = "patch")]
    async fn state(
        &self,
        auth: Auth<CamerasWrite>,
        id: Path<String>,
        body: Body<CameraState>,
    ) -> Result<Reply<Camera>, ApiError> {
        let row = edits::set_enabled(&self.0, &auth.call, &id.0, body.0.enabled).await?;
        Ok(Reply(Camera::new(&self.0, row, true)?))
    }

    /// Probe a camera's stream
    ///
    /// A stream that cannot be read is an answer, not an error: `success` is false, and `message` says why.
    #[oai(path = "/:id/test-connection", method = "post")]
    async fn test_connection(
        &self,
        auth: Auth<CamerasWrite>,
        id: Path<String>,
    ) -> Result<Reply<ConnectionTest>, ApiError> {
        stream::test(&self.0, &auth.call, &id.0).await.map(Reply)
    }

    /// Take a picture
    ///
    /// It becomes the camera's thumbnail.
    #[oai(path = "/:id/snapshot", method = "post")]
    async fn snapshot(
        &self,
        auth: Auth<CamerasWrite>,
        id: Path<String>,
    ) -> Result<Created<Snapshot>, ApiError> {
        stream::snapshot(&self.0, &auth.call, &id.0).await.map(Created)
    }
}

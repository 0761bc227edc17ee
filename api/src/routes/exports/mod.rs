//! `/exports`: files that were asked for, how far they are, and the way to them. Asking for one stands where its rows do:
//! [`attendance`] and `/reports`.

pub mod ask;
pub mod attendance;
mod download;
mod export;
pub mod filters;

use std::sync::Arc;

use entity::export_job::{self, Model};
use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};
use sea_orm::{ConnectionTrait, EntityTrait as _, ModelTrait as _};
use uuid::Uuid;

pub use self::export::{ExportFormat, ExportKind, ExportStatus};
use self::{download::Elsewhere, export::Export};
use super::{Tag, jobs::call_off};
use crate::{
    audit::{Change, Entry},
    auth::{Auth, ExportsRead, ExportsWrite, Myself},
    envelope::{NoContent, Page, Reply},
    error::ApiError,
    extract::{PageNumber, PageSize, Paging},
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

#[OpenApi(prefix_path = "/exports", tag = "Tag::Reports")]
impl Api {
    /// List files
    ///
    /// Newest first: one's own, and everybody's for administrators.
    #[oai(path = "/", method = "get")]
    async fn list(
        &self,
        auth: Auth<Myself>,
        status: Query<Option<ExportStatus>>,
        #[oai(name = "type")] kind: Query<Option<ExportKind>>,
        page: PageNumber,
        #[oai(name = "pageSize")] size: PageSize,
    ) -> Result<Page<Export>, ApiError> {
        let filter = export_job::Filter {
            user_id: (!auth.may::<ExportsRead>()).then(|| auth.user_id()),
            status: status.0.map(Into::into),
            kind: kind.0.map(Into::into),
        };
        let paging = Paging::new(&page, &size);
        let found = export_job::list(&self.0.db, &filter, paging.into()).await?;
        let rows = found.rows.into_iter().map(|row| Export::new(&self.0, row)).collect::<Result<_, _>>()?;
        Ok(Page::new(entity::Paged::<Export> { rows, total: found.total }, paging))
    }

    /// Read how far a file is
    #[oai(path = "/:id", method = "get")]
    async fn read(&self, auth: Auth<Myself>, id: Path<Uuid>) -> Result<Reply<Export>, ApiError> {
        let row = find(&self.0.db, id.0, reader(&auth)).await?;
        Export::new(&self.0, row).map(Reply)
    }

    /// Download a file
    ///
    /// Leads to a signed address that holds for days.
    #[oai(path = "/:id/download", method = "get")]
    async fn download(&self, auth: Auth<Myself>, id: Path<Uuid>) -> Result<Elsewhere, ApiError> {
        let row = find(&self.0.db, id.0, reader(&auth)).await?;
        let url = export::download_url(&self.0, &row)?;
        url.map(Elsewhere).ok_or_else(|| export::why_no_file(&row))
    }

    /// Remove a file
    ///
    /// One that is still being made is called off.
    #[oai(path = "/:id", method = "delete")]
    async fn remove(&self, auth: Auth<Myself>, id: Path<Uuid>) -> Result<NoContent, ApiError> {
        let change = Change::begin(&self.0.db, &auth.call).await?;
        let owner = (!auth.may::<ExportsWrite>()).then(|| auth.user_id());
        let row = find(&*change, id.0, owner).await?;
        row.clone().delete(&*change).await?;
        let called_off = match call_off(&self.0, &change, row.id).await {
            Ok(called_off) => Some(called_off),
            // It has ended already, or was forgotten with everything else of that day.
            Err(ApiError::InvalidState(_) | ApiError::NotFound(_)) => None,
            Err(error) => return Err(error),
        };
        let entry = Entry::new("export.delete", format!("The file {} was removed", row.id));
        change.commit(entry.on("export", &row.id).before(&row)).await?;
        if let Some(called_off) = called_off
            && let Err(error) = called_off.tell(&self.0).await
        {
            tracing::debug!(%error, job = %row.id, "the job of a removed export was faster");
        }
        if let Some(key) = &row.s3_key
            && let Err(error) = self.0.storage.delete(key).await
        {
            tracing::warn!(%error, key, "left to the clean-up: the file of a removed export");
        }
        Ok(NoContent)
    }
}

/// Whose files the caller may see; nobody in particular's for administrators.
fn reader(auth: &Auth<Myself>) -> Option<Uuid> {
    (!auth.may::<ExportsRead>()).then(|| auth.user_id())
}

/// The export, where it is `owner`'s; of others nobody learns that they exist.
async fn find(db: &impl ConnectionTrait, id: Uuid, owner: Option<Uuid>) -> Result<Model, ApiError> {
    let row = export_job::Entity::find_by_id(id).one(db).await?;
    let theirs = row.filter(|row| owner.is_none_or(|owner| row.user_id == owner));
    theirs.ok_or_else(|| ApiError::not_found("export"))
}

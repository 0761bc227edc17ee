//! The polled list of cameras.

use entity::{Paged, camera};

use super::camera::Camera;
use crate::{
    envelope::Page, error::ApiError, extract::Paging, machinery::CameraQuery, polled::Prepared, state::App,
};

/// The page that `query` names, from the lists that are kept ready where it is among them.
///
/// # Errors
/// The database's.
pub async fn page(app: &App, query: CameraQuery, paging: Paging) -> Result<Prepared, ApiError> {
    let lists = &app.machinery.camera_lists;
    let epoch = match lists.find(&query) {
        Ok(ready) => return Ok(ready),
        Err(epoch) => epoch,
    };
    let found = camera::list(&app.db, &query.filter, query.page).await?;
    let rows = found.rows.into_iter().map(|row| Camera::new(app, row, query.with_credentials));
    let cameras = rows.collect::<Result<Vec<_>, _>>()?;
    let page = Prepared::from(Page::<Camera>::new(Paged { rows: cameras, total: found.total }, paging));
    lists.keep(query, epoch, page.clone());
    Ok(page)
}

//! The polled list of cameras.

use entity::{Paged, camera};
use poem::{IntoResponse, Response};
use poem_openapi::{
    ApiResponse,
    registry::{MetaResponses, Registry},
    types::{ParseFromJSON, ToJSON},
};

use super::camera::Camera;
use crate::{
    envelope::Page,
    error::ApiError,
    extract::Paging,
    machinery::CameraQuery,
    polled::{IfNoneMatch, Polled, Prepared},
    state::App,
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

/// 200 with a page, or 304 where the client has it already.
pub struct PolledPage<T>(Polled<T>);

impl<T> PolledPage<T> {
    /// The answer to a client that knows `known`.
    #[must_use]
    pub fn new(known: &IfNoneMatch, page: Prepared) -> Self {
        Self(known.answer(page))
    }
}

impl<T: Send> IntoResponse for PolledPage<T> {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl<T: ParseFromJSON + ToJSON> ApiResponse for PolledPage<T> {
    fn meta() -> MetaResponses {
        let page = <Page<T> as ApiResponse>::meta().responses;
        let unchanged = <Polled<Vec<T>> as ApiResponse>::meta().responses.into_iter().skip(1);
        MetaResponses { responses: page.into_iter().chain(unchanged).collect() }
    }

    fn register(registry: &mut Registry) {
        <Page<T> as ApiResponse>::register(registry);
    }
}

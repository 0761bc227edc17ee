//! `/attendance`, where people write it: by hand, by marking somebody, and by having a day recomputed.

mod edits;
mod fields;
mod mark;
mod moment;
mod recompute;
mod told;

use std::sync::Arc;

use poem_openapi::{OpenApi, param::Path};

use self::{
    fields::{IdentifiedChanges, LogChanges, ManualEntry},
    mark::{MarkRequest, Marked},
    recompute::DayToRecompute,
};
use super::log::AttendanceLog;
use crate::{
    auth::{AttendanceWrite, Auth},
    envelope::{Accepted, Created, NoContent, Reply},
    error::ApiError,
    extract::{Body, IdempotencyKey},
    machinery::{Asked, Queued},
    routes::Tag,
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

#[OpenApi(prefix_path = "/attendance", tag = "Tag::Attendance")]
impl Api {
    /// Enter attendance by hand
    ///
    /// Where the day has no log, or a later check-in, `timestamp` is the check-in; else it is the check-out. It wins over what
    /// cameras saw, and cameras fill in what was not entered. The day is the one that the rules count the time for: with a night
    /// shift, the one on which it began. The status `missed` says that the person was not there on that day; where there is a log with
    /// times, 409: change its status then. Presence follows, unless something newer is known.
    #[oai(path = "/manual", method = "post")]
    async fn manual(
        &self,
        auth: Auth<AttendanceWrite>,
        body: Body<ManualEntry>,
    ) -> Result<Created<AttendanceLog>, ApiError> {
        Ok(Created(edits::enter(&self.0, &auth.call, body.0).await?.into()))
    }

    /// Change a log, with its id in the body
    ///
    /// As `PUT /attendance/{id}`.
    #[oai(path = "/edit", method = "put")]
    async fn edit(
        &self,
        auth: Auth<AttendanceWrite>,
        body: Body<IdentifiedChanges>,
    ) -> Result<Reply<AttendanceLog>, ApiError> {
        let IdentifiedChanges { id, changes } = body.0;
        Ok(Reply(edits::change(&self.0, &auth.call, &id, changes).await?.into()))
    }

    /// Change a log
    ///
    /// What the body leaves out stays as it is; null takes back what was entered, and cameras fill it in again. A log that Odoo
    /// has becomes pending.
    #[oai(path = "/:id", method = "put")]
    async fn change(
        &self,
        auth: Auth<AttendanceWrite>,
        id: Path<String>,
        body: Body<LogChanges>,
    ) -> Result<Reply<AttendanceLog>, ApiError> {
        Ok(Reply(edits::change(&self.0, &auth.call, &id.0, body.0).await?.into()))
    }

    /// Delete a log
    ///
    /// A job removes its record from Odoo. A camera that sees the person again on that day opens a new log: to say that somebody
    /// was not there, change the status to `missed`.
    #[oai(path = "/:id", method = "delete")]
    async fn delete(&self, auth: Auth<AttendanceWrite>, id: Path<String>) -> Result<NoContent, ApiError> {
        edits::delete(&self.0, &auth.call, auth.user_id(), &id.0).await?;
        Ok(NoContent)
    }

    /// Mark somebody as here
    ///
    /// By employee id, or by a picture in which the detection provider recognises exactly one face: JPEG, PNG or WebP, at most
    /// 10 MB and 40 megapixels. The picture is not kept. 200 where the person is marked already: nothing changes then.
    #[oai(path = "/mark", method = "post")]
    async fn mark(&self, auth: Auth<AttendanceWrite>, request: MarkRequest) -> Result<Marked, ApiError> {
        mark::mark(&self.0, &auth.call, request).await
    }

    /// Recompute a day from its detections
    ///
    /// A job does it, for one person or for everybody; its result tells what changed. What people entered stays; a log
    /// that was deleted comes back where its detections are there (enter `missed` for somebody who was not). A day whose detections are not
    /// kept any more is refused.
    #[oai(path = "/recompute", method = "post")]
    async fn recompute(
        &self,
        auth: Auth<AttendanceWrite>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<DayToRecompute>,
    ) -> Result<Accepted<Queued>, ApiError> {
        let asked = Asked { call: &auth.call, user: auth.user_id(), key: &key, operation: "recompute-day" };
        recompute::ask(&self.0, &asked, body.0).await.map(Accepted)
    }
}

//! `/detections`: who was seen, asking for a look, and what came of each look. The provider has a file of its own,
//! [`super::provider`].

mod detection;
mod event;

use std::sync::Arc;

use entity::{detection_event_log, system_config::Settings};
use jobs::{SendFrame, Work};
use poem_openapi::{Object, OpenApi, param::Query};

use self::{
    detection::Detection,
    event::{DetectionEvent, EventStatus},
};
use super::{Tag, cameras, text};
use crate::{
    audit::{Change, Entry},
    auth::{Auth, DetectionsRead, DetectionsWrite},
    envelope::{Accepted, Page},
    error::ApiError,
    extract::{Body, IdempotencyKey, PageNumber, PageSize, Paging},
    machinery::{Asked, LiveQuery, Queued},
    polled::{IfNoneMatch, Polled},
    state::App,
};

/// The routes.
pub struct Api(pub Arc<App>);

/// Which camera to look through.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct FrameRequest {
    /// The camera.
    #[oai(validator(min_length = 1, max_length = 64))]
    camera_id: String,
}

const DEFAULT_LIMIT: u16 = 50;

#[OpenApi(prefix_path = "/detections", tag = "Tag::Detections")]
impl Api {
    /// The newest detections
    ///
    /// Newest first, at most 3 s old, and never older than the last finished detection job. `limit` is 1 to 200.
    #[oai(path = "/live", method = "get")]
    async fn live(
        &self,
        _auth: Auth<DetectionsRead>,
        #[oai(name = "cameraId")] camera_id: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))] limit: Query<Option<u16>>,
        #[oai(name = "If-None-Match")] known: IfNoneMatch,
    ) -> Result<Polled<Vec<Detection>>, ApiError> {
        let camera_id = text::filter("cameraId", camera_id.0)?;
        let query = LiveQuery { camera_id, limit: limit.0.unwrap_or(DEFAULT_LIMIT) };
        let list = self.0.machinery.live_lists.get(query, |query| detection::newest(&self.0, query)).await?;
        Ok(known.answer(list))
    }

    /// Look through a camera now
    ///
    /// A job captures a frame and has the faces in it recognised.
    #[oai(path = "/send-frame", method = "post")]
    async fn send_frame(
        &self,
        auth: Auth<DetectionsWrite>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<FrameRequest>,
    ) -> Result<Accepted<Queued>, ApiError> {
        let (app, job) = (&self.0, SendFrame { camera_id: body.0.camera_id });
        let asked = Asked { call: &auth.call, user: auth.user_id(), key: &key, operation: "send-frame" };
        let work = Work::of(&job)?;
        if let Some(answered) = asked.answered(app, &work).await? {
            return Ok(Accepted(answered));
        }
        let change = Change::begin(&app.db, &auth.call).await?;
        let camera = cameras::living(&*change, &job.camera_id).await?;
        if !camera.enabled {
            return Err(ApiError::InvalidState("the camera is disabled".into()));
        }
        let entry =
            Entry::new("detection.send_frame", format!("A frame of camera {} was asked for", camera.id));
        asked.accept(app, change, work, entry.on("camera", &camera.id).after(&job)).await.map(Accepted)
    }

    /// What came of each look at a frame
    ///
    /// `from` and `to` are timestamps, or days of the site; both are included.
    #[oai(path = "/events", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "one for each query parameter of the contract")]
    async fn events(
        &self,
        _auth: Auth<DetectionsRead>,
        status: Query<Option<EventStatus>>,
        #[oai(name = "cameraId")] camera_id: Query<Option<String>>,
        from: Query<Option<String>>,
        to: Query<Option<String>>,
        page: PageNumber,
        #[oai(name = "pageSize")] size: PageSize,
    ) -> Result<Page<DetectionEvent>, ApiError> {
        let zone = Settings::load(&self.0.db).await?.attendance_timezone;
        let (from, to) = text::period(from.0.as_deref(), to.0.as_deref(), zone)?;
        let camera_id = text::filter("cameraId", camera_id.0)?;
        let filter = detection_event_log::Filter { status: status.0.map(Into::into), camera_id, from, to };
        let paging = Paging::new(&page, &size);
        Ok(Page::new(detection_event_log::list(&self.0.db, &filter, paging.into()).await?, paging))
    }
}

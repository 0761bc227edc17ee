//! The steps in order, and what is left behind when one of them fails: an event-log row that says why, and a job whose
//! attempts say so too.

use std::time::Duration;

use attendance::Trigger;
use capture::{CaptureError, Demand, Frame};
use chrono::{SubsecRound as _, Utc};
use entity::camera;
use jobs::{FrameReport, Steps};
use platform::seal::SealError;
use recognition::{ProviderError, Recognition};
use tokio::time::timeout;

use super::{
    Request, announce,
    faces::{self, Faces},
    progress::Progress,
    record, report,
};
use crate::{
    cameras::{self, SourceError},
    configuration::Snapshot,
    context::Context,
    handler::{Failure, Run},
    provider,
};

/// An attempt ends so long before the queue would end it: time to leave the row that says why.
const HEADROOM: Duration = Duration::from_secs(2);

/// Looks once through a camera, and stores what is seen.
///
/// # Errors
/// A failure whose text tells an operator what is wrong; an event-log row says the same.
pub async fn look(context: &Context, run: &Run, request: Request<'_>) -> Result<FrameReport, Failure> {
    let progress = Progress::begin("reading the camera");
    let limit = run.time_limit.saturating_sub(HEADROOM);
    let looked = timeout(limit, attempt(context, run, request, &progress)).await;
    match looked.unwrap_or_else(|_| Err(Trouble::TooLong { limit, step: progress.step() })) {
        Ok(report) => Ok(report),
        Err(trouble) => Err(fail(context, run, request, trouble).await),
    }
}

async fn attempt(
    context: &Context,
    run: &Run,
    request: Request<'_>,
    progress: &Progress,
) -> Result<FrameReport, Trouble> {
    let found = camera::find_living(&context.db, request.camera_id).await?;
    let camera = &found.ok_or(Trouble::NoCamera)?;
    if !camera.enabled {
        return Err(Trouble::Disabled);
    }
    let snapshot = context.configuration.current().await.map_err(Failure::from)?;
    progress.enter("capturing the frame");
    let frame = &capture(context, request, camera).await?;
    let capture_ms = progress.enter("recognising and storing the picture");
    // Boxed, since three requests are under way at once in it.
    let recognised = Box::pin(recognise(context, request, camera, frame, &snapshot));
    let (faces, snapshot_key) = recognised.await?;
    let recognise_ms = progress.enter("storing what was seen");
    let provider_kind = snapshot.provider.kind;
    let seen = record::Seen { run, request, camera, frame, snapshot_key, provider_kind, faces: &faces };
    let stored = record::store(context, &snapshot, &seen).await?;
    let steps = Steps { capture_ms, recognise_ms, store_ms: progress.enter("announcing it") };
    if let Some(news) = &stored.news {
        announce::announce(context, camera, news).await;
    }
    Ok(FrameReport { steps, ..stored.report })
}

async fn capture(context: &Context, request: Request<'_>, camera: &camera::Model) -> Result<Frame, Trouble> {
    let source = cameras::source(context, camera)?;
    let demand = match (request.trigger, camera.capture_interval_seconds) {
        (Trigger::Automatic, Some(seconds)) => {
            Demand::Every(Duration::from_secs(seconds.unsigned_abs().into()))
        }
        (Trigger::Automatic, None) | (Trigger::OnDemand, _) => Demand::Once,
    };
    let frame = context.capturer.frame(&source, demand).await?;
    // PostgreSQL keeps microseconds: a time must be the same before and after it was stored.
    Ok(Frame { captured_at: frame.captured_at.trunc_subsecs(6), ..frame })
}

/// Asks the provider and judges its answer, while the picture goes into storage. Automatic captures keep a picture only of
/// somebody: at one frame every two seconds, empty corridors would fill any bucket.
async fn recognise(
    context: &Context,
    request: Request<'_>,
    camera: &camera::Model,
    frame: &Frame,
    snapshot: &Snapshot,
) -> Result<(Faces, Option<String>), Trouble> {
    let key = format!("snapshots/{}/{}.jpg", camera.id, frame.captured_at.format("%Y%m%dT%H%M%S%.3fZ"));
    let keep = async { Ok::<_, Trouble>(context.storage.put(&key, "image/jpeg", frame.jpeg.clone()).await?) };
    let ask = ask(context, camera, frame, snapshot);
    let judge = |recognition| faces::judge(context, snapshot, frame, recognition);
    let (faces, ()) = match request.trigger {
        Trigger::OnDemand => tokio::try_join!(async { judge(ask.await?).await }, keep)?,
        Trigger::Automatic => {
            let recognition = ask.await?;
            if recognition.faces.is_empty() {
                return Ok((judge(recognition).await?, None));
            }
            tokio::try_join!(judge(recognition), keep)?
        }
    };
    Ok((faces, Some(key)))
}

async fn ask(
    context: &Context,
    camera: &camera::Model,
    frame: &Frame,
    snapshot: &Snapshot,
) -> Result<Recognition, Trouble> {
    let recogniser = context.recognisers.get(&snapshot.provider_config(&context.sealer)?)?;
    let answer = recogniser.recognise(frame.jpeg.clone(), &camera.id).await;
    provider::note(context, snapshot, recogniser.as_ref(), &answer).await;
    Ok(answer?)
}

/// Leaves the event-log row of a failed look, and says what shall follow.
async fn fail(context: &Context, run: &Run, request: Request<'_>, trouble: Trouble) -> Failure {
    let failure = trouble.into_failure(request.trigger);
    if let Err(error) = report::failed(context, run, request.camera_id, &failure, Utc::now()).await {
        tracing::error!(%error, "the event of a failed look could not be stored");
    }
    failure
}

/// What can go wrong with a look.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error("there is no such camera")]
    NoCamera,
    #[error("the camera is disabled")]
    Disabled,
    #[error("not done within {} s: it was still {step}", limit.as_secs())]
    TooLong { limit: Duration, step: &'static str },
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("the provider's stored key cannot be opened")]
    Sealed(#[from] SealError),
    #[error(transparent)]
    Capture(#[from] CaptureError),
    #[error("detection provider")]
    Provider(#[from] ProviderError),
    #[error(transparent)]
    Storage(#[from] platform::storage::StorageError),
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl Trouble {
    fn into_failure(self, trigger: Trigger) -> Failure {
        match self {
            Self::NoCamera | Self::Disabled | Self::Source(_) | Self::Sealed(_) => Failure::discard(&self),
            Self::Capture(ref error) if !error.is_transient() => Failure::discard(&self),
            Self::Provider(ref error) if !error.is_transient() => Failure::discard(&self),
            // An open circuit is no failure of the job's: it comes back when the provider may be asked again. An automatic capture
            // is worthless by then.
            Self::Provider(ProviderError::CircuitOpen { retry_after }) if trigger == Trigger::OnDemand => {
                Failure::NotNow(platform::launch::chain(&self), retry_after)
            }
            Self::TooLong { .. } | Self::Capture(_) | Self::Provider(_) | Self::Storage(_) => {
                Failure::retry(&self)
            }
            Self::Failed(failure) => failure,
        }
    }
}

impl From<sea_orm::DbErr> for Trouble {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Failed(error.into())
    }
}

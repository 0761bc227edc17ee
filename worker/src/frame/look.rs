//! The steps in order, and what is left behind when one of them fails: an event-log row that says why, and a job whose
//! attempts say so too.

use std::time::{Duration, Instant};

use attendance::Trigger;
use capture::{CaptureError, Demand, Frame};
use chrono::{SubsecRound as _, Utc};
use entity::camera;
use jobs::{FrameReport, Steps};
use platform::seal::SealError;
use recognition::{ProviderError, Recognition};

use super::{Request, announce, faces, record, report};
use crate::{
    cameras::{self, SourceError},
    configuration::Snapshot,
    context::Context,
    handler::{Failure, Run},
    provider,
};

/// Looks once through a camera, and stores what is seen.
///
/// # Errors
/// A failure whose text tells an operator what is wrong; an event-log row says the same.
pub async fn look(context: &Context, run: &Run, request: Request<'_>) -> Result<FrameReport, Failure> {
    let Some(camera) = camera::find_living(&context.db, request.camera_id).await? else {
        return Err(fail(context, run, request, request.camera_id, Trouble::NoCamera).await);
    };
    match attempt(context, run, request, &camera).await {
        Ok(report) => Ok(report),
        Err(trouble) => Err(fail(context, run, request, &camera.name, trouble).await),
    }
}

async fn attempt(
    context: &Context,
    run: &Run,
    request: Request<'_>,
    camera: &camera::Model,
) -> Result<FrameReport, Trouble> {
    if !camera.enabled {
        return Err(Trouble::Disabled);
    }
    let snapshot = context.configuration.current().await.map_err(Failure::from)?;
    let mut clock = Clock::start();
    let frame = capture(context, request, camera).await?;
    let capture_ms = clock.lap();
    let (recognition, snapshot_key) = recognise(context, request, camera, &frame, &snapshot).await?;
    let recognise_ms = clock.lap();
    let faces = faces::judge(context, &snapshot, &frame, recognition).await?;
    let provider_kind = snapshot.provider.kind;
    let seen =
        record::Seen { run, request, camera, frame: &frame, snapshot_key, provider_kind, faces: &faces };
    let stored = record::store(context, &snapshot, &seen).await?;
    let steps = Steps { capture_ms, recognise_ms, store_ms: clock.lap() };
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

/// Asks the provider while the picture goes into storage. Automatic captures keep a picture only of somebody: at one frame
/// every two seconds, empty corridors would fill any bucket.
async fn recognise(
    context: &Context,
    request: Request<'_>,
    camera: &camera::Model,
    frame: &Frame,
    snapshot: &Snapshot,
) -> Result<(Recognition, Option<String>), Trouble> {
    let key = format!("snapshots/{}/{}.jpg", camera.id, frame.captured_at.format("%Y%m%dT%H%M%S%.3fZ"));
    let recogniser = context.recognisers.get(&snapshot.provider_config(&context.sealer)?)?;
    let ask = async {
        let answer = recogniser.recognise(frame.jpeg.clone(), &camera.id).await;
        provider::note(context, snapshot, recogniser.as_ref(), &answer).await;
        Ok(answer?)
    };
    let keep = async { Ok(context.storage.put(&key, "image/jpeg", frame.jpeg.clone()).await?) };
    match request.trigger {
        Trigger::OnDemand => {
            let (recognition, ()) = tokio::try_join!(ask, keep)?;
            Ok((recognition, Some(key)))
        }
        Trigger::Automatic => {
            let recognition: Result<_, Trouble> = ask.await;
            let recognition = recognition?;
            if recognition.faces.is_empty() {
                return Ok((recognition, None));
            }
            let kept: Result<(), Trouble> = keep.await;
            kept?;
            Ok((recognition, Some(key)))
        }
    }
}

/// Leaves the event-log row of a failed look, and says what shall follow.
async fn fail(
    context: &Context,
    run: &Run,
    request: Request<'_>,
    camera_name: &str,
    trouble: Trouble,
) -> Failure {
    let failure = trouble.into_failure(request.trigger);
    if let Err(error) =
        report::failed(context, run, request.camera_id, camera_name, &failure, Utc::now()).await
    {
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
            Self::Capture(_) | Self::Provider(_) | Self::Storage(_) => Failure::retry(&self),
            Self::Failed(failure) => failure,
        }
    }
}

impl From<sea_orm::DbErr> for Trouble {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Failed(error.into())
    }
}

/// Measures laps in milliseconds.
struct Clock(Instant);

impl Clock {
    fn start() -> Self {
        Self(Instant::now())
    }

    fn lap(&mut self) -> u64 {
        let lap = self.0.elapsed();
        self.0 = Instant::now();
        u64::try_from(lap.as_millis()).unwrap_or(u64::MAX)
    }
}

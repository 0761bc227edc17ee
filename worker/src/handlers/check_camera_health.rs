//! A look at every enabled camera, many at a time. A camera that gives no picture for some minutes is offline, with one alert; one
//! that gives a picture again is online, and its alert resolved.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use entity::{alert, camera, camera_summary};
use futures_util::{StreamExt as _, stream};
use jobs::{CameraHealthReport, CheckCameraHealth};
use platform::events::Event;

use crate::{
    alerts,
    cameras::{self, Look},
    configuration::Snapshot,
    context::Context,
    events,
    handler::{Failure, Handle, Run},
};

/// Cameras probed at the same time. Most of the time is waiting; FFmpeg processes have a limit of their own.
const AT_ONCE: usize = 64;
/// Longest look at one camera: a thousand that all hang shall not use up the job's time.
const PATIENCE: Duration = Duration::from_secs(5);

impl Handle for CheckCameraHealth {
    async fn run(&self, context: &Context, _run: &Run) -> Result<CameraHealthReport, Failure> {
        let snapshot = context.configuration.current().await?;
        let mut cameras = camera::enabled(&context.db).await?;
        cameras.retain(|camera| camera.status != camera::Status::Maintenance);
        // Those that were not looked at for the longest time come first, should the time not suffice for all.
        cameras.sort_by_key(|camera| camera.last_checked);
        let checks = cameras.into_iter().map(|camera| check(context, &snapshot, camera));
        let results: Vec<_> = stream::iter(checks).buffer_unordered(AT_ONCE).collect().await;
        let answers: Vec<bool> = results.into_iter().collect::<Result<_, Failure>>()?;
        let online = answers.iter().filter(|online| **online).count();
        Ok(CameraHealthReport { online, offline: answers.len() - online })
    }
}

/// Whether the camera gave a picture.
async fn check(context: &Context, snapshot: &Snapshot, camera: camera::Model) -> Result<bool, Failure> {
    let at = Utc::now();
    // One that is captured from anyhow has proved itself.
    let seen_lately = camera.last_seen.is_some_and(|last| at - last < TimeDelta::seconds(30));
    let looked = if seen_lately { Ok(Look::default()) } else { look(context, &camera).await };
    let probe = camera::Probe {
        is_up: looked.is_ok(),
        latency: looked.as_ref().ok().and_then(|look| look.latency_ms),
        at: Utc::now(),
    };
    let day = attendance::day::local_day(at, snapshot.settings.attendance_timezone);
    camera_summary::add_check(&context.db, &camera.id, day, probe.is_up).await?;
    camera::record_probe(&context.db, &camera.id, &probe).await?;
    match looked {
        Ok(_) => online(context, &camera).await?,
        Err(reason) => offline(context, snapshot, &camera, &reason).await?,
    }
    Ok(probe.is_up)
}

async fn look(context: &Context, camera: &camera::Model) -> Result<Look, String> {
    let limit = format!("no picture within {} s", PATIENCE.as_secs());
    tokio::time::timeout(PATIENCE, cameras::look(context, camera)).await.unwrap_or(Err(limit))
}

async fn online(context: &Context, camera: &camera::Model) -> Result<(), Failure> {
    let now = Utc::now();
    if camera::set_status(&context.db, &camera.id, camera::Status::Online).await?.is_some() {
        tell(context, Event::camera_status(&camera.id, camera::Status::Online, Some(now))).await;
    }
    let resolved = alert::resolve(&context.db, &alerts::camera_offline_key(&camera.id), now).await?;
    tell(context, resolved.as_ref().and_then(events::alert)).await;
    Ok(())
}

/// A camera is only offline once it was not seen for the configured time: a single missed probe is no news.
async fn offline(
    context: &Context,
    snapshot: &Snapshot,
    camera: &camera::Model,
    reason: &str,
) -> Result<(), Failure> {
    let patience = TimeDelta::minutes(snapshot.settings.alerts_camera_offline_minutes.into());
    let last = camera.last_seen.unwrap_or(camera.created_at);
    if Utc::now() - last < patience {
        return Ok(());
    }
    if camera::set_status(&context.db, &camera.id, camera::Status::Offline).await?.is_some() {
        tell(context, Event::camera_status(&camera.id, camera::Status::Offline, camera.last_seen)).await;
    }
    let raised = alert::raise(&context.db, alerts::camera_offline(camera, reason, Utc::now())).await?;
    tell(context, raised.as_ref().and_then(events::alert)).await;
    Ok(())
}

async fn tell(context: &Context, event: Option<Event>) {
    if let Some(event) = event {
        events::publish(context, event).await;
    }
}

//! The heartbeat of automatic capture: whose turn it is follows from the clock and the camera's id, so no worker has to remember
//! anything, and a camera that is slow has one capture waiting at most.

use chrono::{DateTime, TimeDelta, Utc};
use entity::camera;
use jobs::{CaptureFrame, Origin, SampleCameras, enqueue_all};

use crate::{
    context::Context,
    handler::{Failure, Handle, Run},
};

impl Handle for SampleCameras {
    async fn run(&self, context: &Context, run: &Run) -> Result<usize, Failure> {
        let limit = context.configuration.current().await?.settings.capture_max_cameras;
        let cameras = camera::capturing(&context.db).await?;
        let (after, until) = window(run);
        let due: Vec<_> = cameras
            .into_iter()
            .take(limit as usize)
            .filter(|(id, interval)| camera::is_due(id, *interval, after, until))
            .map(|(camera_id, interval)| CaptureFrame {
                camera_id,
                interval_seconds: interval.unsigned_abs(),
            })
            .collect();
        if due.is_empty() {
            return Ok(0);
        }
        let answers =
            enqueue_all(&context.queues, &due, Origin::system()).await.map_err(|e| Failure::retry(&e))?;
        Ok(answers.iter().filter(|answer| !answer.duplicate).count())
    }
}

/// The second that this tick stands for. The job's id carries the time at which the tick was claimed, so that a job which waited
/// covers its own second and not that of the next one.
fn window(run: &Run) -> (DateTime<Utc>, DateTime<Utc>) {
    let claimed = run.id.get_timestamp().and_then(|stamp| {
        let (seconds, nanos) = stamp.to_unix();
        DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
    });
    let until = claimed.unwrap_or_else(Utc::now);
    (until - TimeDelta::seconds(1), until)
}

//! Many frames at once, until the last of them is stored: those that people ask for, with outbox and audit, and the automatic ones.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use entity::detection_event_log::{Column, Entity, Status};
use jobs::{CaptureFrame, Origin, enqueue_all};
use queue::{Queues, QueuesConfig};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::json;

use super::{figure, heading, load, processes, site::Site};
use crate::{error::Error, setting::setting};

const JOBS: u32 = 1_000;
/// Cameras of the frames that people ask for: each has one at a time.
const ASKED: u32 = 20;
const PATIENCE: Duration = Duration::from_secs(180);
const LOOK_EVERY: Duration = Duration::from_millis(20);

fn camera(number: u32) -> String {
    format!("BENCH-{:04}", number + 1)
}

/// Frames that are asked for over HTTP.
pub async fn on_demand(site: &Site) -> Result<(), Error> {
    heading(&format!("{JOBS} send-frame jobs over {ASKED} Local File cameras, instant provider"));
    let body = |n: u32| json!({ "cameraId": camera(n % ASKED) }).to_string();
    let requests = (0..JOBS).map(|n| site.target.post("/detections/send-frame", &body(n))).collect();
    let run = Run::begin()?;
    load::send_all(&site.target, requests).await?;
    figure("accepted", &format_args!("{:7.0} requests/s", run.rate()));
    run.end(site).await
}

/// Captures as `sample_cameras` enqueues them, one a camera.
pub async fn automatic(site: &Site) -> Result<(), Error> {
    heading(&format!("{JOBS} automatic captures of as many Local File cameras, instant provider"));
    let config = QueuesConfig { prefix: prefix(), ..QueuesConfig::default() };
    let queues = Queues::connect(&setting("REDIS_URL")?, config).await.map_err(failed)?;
    let due: Vec<_> =
        (0..JOBS).map(|n| CaptureFrame { camera_id: camera(n), interval_seconds: 60 }).collect();
    let run = Run::begin()?;
    enqueue_all(&queues, &due, Origin::system()).await.map_err(failed)?;
    run.end(site).await
}

/// The workers' own default where it is not set.
fn prefix() -> String {
    setting("REDIS_PREFIX").unwrap_or_else(|_| QueuesConfig::default().prefix)
}

fn failed(error: impl std::error::Error) -> Error {
    Error::Failed(format!("the queue did not take the captures: {error}"))
}

struct Run {
    begun: DateTime<Utc>,
    clock: Instant,
    cpu: [Duration; 2],
}

impl Run {
    fn begin() -> Result<Self, Error> {
        Ok(Self {
            begun: Utc::now(),
            clock: Instant::now(),
            cpu: [processes::cpu("worker")?, processes::cpu("api")?],
        })
    }

    fn rate(&self) -> f64 {
        f64::from(JOBS) / self.clock.elapsed().as_secs_f64()
    }

    /// Waits for the last frame and prints what the run took.
    async fn end(self, site: &Site) -> Result<(), Error> {
        while self.stored(site).await? < u64::from(JOBS) {
            if self.clock.elapsed() > PATIENCE {
                return Err(Error::Failed(format!("the {JOBS} frames were not all stored in time")));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        figure("until the last one is stored", &format_args!("{:7.0} jobs/s", self.rate()));
        let used = [processes::cpu("worker")? - self.cpu[0], processes::cpu("api")? - self.cpu[1]];
        let [worker, api] = used.map(|used| used.as_secs_f64() * 1_000.0 / f64::from(JOBS));
        figure("CPU a job", &format_args!("workers {worker:.2} ms, API {api:.2} ms"));
        Ok(())
    }

    async fn stored(&self, site: &Site) -> Result<u64, Error> {
        let received = Entity::find()
            .filter(Column::Timestamp.gte(self.begun))
            .filter(Column::CameraId.starts_with("BENCH-"))
            .filter(Column::Status.eq(Status::Received));
        Ok(received.count(&site.db).await?)
    }
}

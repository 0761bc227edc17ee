//! Takes pictures from sources, and probes them, under the limits of the settings.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use platform::outbound::{HttpClient, Outbound};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::error::CaptureError;
use crate::ffmpeg::{self, Input, Pictures};
use crate::frame::{Frame, Probe};
use crate::http;
use crate::local_file::{self, Content};
use crate::pool::StreamPool;
use crate::settings::CaptureSettings;
use crate::source::{Live, Source, Target};

/// What the caller knows about its next call for the same source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// One picture; an open stream is used, none is opened.
    Once,
    /// A picture so often: worth a stream that is kept open.
    Every(Duration),
}

/// Takes pictures. One per process, shared; dropping it ends every FFmpeg that it started.
pub struct Capturer {
    settings: Arc<CaptureSettings>,
    outbound: Outbound,
    client: HttpClient,
    processes: Semaphore,
    streams: StreamPool,
}

impl Capturer {
    /// # Errors
    /// When the TLS roots of this machine cannot be loaded.
    pub fn new(settings: CaptureSettings, outbound: Outbound) -> Result<Self, CaptureError> {
        let limit = settings.time_limit;
        let client = outbound
            .http_client(|builder| builder.connect_timeout(limit).pool_idle_timeout(Duration::from_secs(30)))
            .map_err(|error| CaptureError::Machine(Arc::new(std::io::Error::other(error))))?;
        let processes = Semaphore::new(settings.max_processes);
        let settings = Arc::new(settings);
        let streams = StreamPool::new(Arc::clone(&settings), outbound);
        Ok(Self { settings, outbound, client, processes, streams })
    }

    /// A picture taken after the call. Dropping the future ends the capture and its process.
    ///
    /// # Errors
    /// Every [`CaptureError`]; after `time_limit` at the latest, waiting for a free process not counted.
    pub async fn frame(&self, source: &Source, demand: Demand) -> Result<Frame, CaptureError> {
        let limit = self.settings.max_bytes;
        match source.target() {
            Target::Http(url) => self.in_time(http::frame(&self.client, url, limit)).await,
            Target::File(path) => match self.in_time(self.open(path)).await? {
                Content::Picture(picture) => Ok(Frame::arrived(picture)),
                Content::Other(path) => self.single(async { Ok(Input::file(&path)) }).await,
            },
            Target::Live(live) => self.live(live, demand).await,
        }
    }

    /// What the stream looks like, measured on the stream itself. Dropping the future ends the probe and its process.
    ///
    /// # Errors
    /// Every [`CaptureError`]; after `time_limit` at the latest, waiting for a free process not counted.
    pub async fn probe(&self, source: &Source) -> Result<Probe, CaptureError> {
        let asked = Instant::now();
        let CaptureSettings { max_bytes, probe_span, .. } = *self.settings;
        match source.target() {
            Target::Http(url) => {
                self.in_time(http::probe(&self.client, url, max_bytes, probe_span, asked)).await
            }
            Target::File(path) => match self.in_time(self.open(path)).await? {
                Content::Picture(picture) => Ok(Probe::of_still(&picture, asked.elapsed())),
                Content::Other(path) => self.probe_packets(async { Ok(Input::file(&path)) }, asked).await,
            },
            Target::Live(live) => self.probe_packets(Input::live(live, self.outbound), asked).await,
        }
    }

    /// How many streams are kept open now.
    #[must_use]
    pub fn open_streams(&self) -> usize {
        self.streams.len()
    }

    async fn live(&self, live: &Live, demand: Demand) -> Result<Frame, CaptureError> {
        let kept_open = match demand {
            Demand::Once => self.streams.frame_if_open(live).await,
            Demand::Every(every) => self.streams.frame(live, every).await,
        };
        match kept_open {
            Some(answer) => answer,
            None => self.single(Input::live(live, self.outbound)).await,
        }
    }

    async fn open(&self, path: &std::path::Path) -> Result<Content, CaptureError> {
        local_file::open(self.settings.media_root.as_deref(), path, self.settings.max_bytes).await
    }

    /// A picture by an FFmpeg process of its own.
    async fn single(
        &self,
        input: impl Future<Output = Result<Input, CaptureError>>,
    ) -> Result<Frame, CaptureError> {
        let _slot = self.slot().await?;
        let CaptureSettings { ffmpeg, max_bytes, .. } = &*self.settings;
        self.in_time(async { Pictures::one(ffmpeg, input.await?, *max_bytes)?.next().await }).await
    }

    async fn probe_packets(
        &self,
        input: impl Future<Output = Result<Input, CaptureError>>,
        asked: Instant,
    ) -> Result<Probe, CaptureError> {
        let _slot = self.slot().await?;
        let CaptureSettings { ffmpeg, probe_span, .. } = &*self.settings;
        self.in_time(async { ffmpeg::probe(ffmpeg, input.await?, *probe_span, asked).await }).await
    }

    async fn slot(&self) -> Result<SemaphorePermit<'_>, CaptureError> {
        let slot = timeout(self.settings.time_limit, self.processes.acquire()).await;
        slot.ok().and_then(Result::ok).ok_or(CaptureError::Busy)
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, CaptureError>>,
    ) -> Result<T, CaptureError> {
        let after = self.settings.time_limit;
        timeout(after, work).await.unwrap_or(Err(CaptureError::TimedOut { after }))
    }
}

impl fmt::Debug for Capturer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capturer").field("settings", &self.settings).finish_non_exhaustive()
    }
}

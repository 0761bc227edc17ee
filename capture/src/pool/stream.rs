//! One stream that is kept open: a task that runs FFmpeg, restarts it when it breaks, and ends when nobody has asked
//! for a picture for a while. Dropping the stream kills FFmpeg at once.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use platform::outbound::Outbound;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use super::backoff;
use crate::error::CaptureError;
use crate::ffmpeg::{Input, Pictures};
use crate::frame::Frame;
use crate::settings::CaptureSettings;
use crate::source::Live;

/// What the task shows to those who wait.
#[derive(Debug, Clone)]
enum Shown {
    Opening,
    Picture(Frame, Instant),
    /// Broken; opened again after a wait.
    Failed(CaptureError),
}

/// A handle on the task.
pub(super) struct OpenStream {
    shown: watch::Receiver<Shown>,
    wanted_at: Arc<Mutex<Instant>>,
    every: Duration,
    task: AbortHandle,
}

impl OpenStream {
    /// Opens it; the first picture comes later. `every` is how often a picture will be asked for.
    pub fn start(source: Live, every: Duration, settings: &Arc<CaptureSettings>, outbound: Outbound) -> Self {
        let (show, shown) = watch::channel(Shown::Opening);
        let wanted_at = Arc::new(Mutex::new(Instant::now()));
        let keeper = Keeper {
            source,
            settings: Arc::clone(settings),
            outbound,
            show,
            wanted_at: Arc::clone(&wanted_at),
        };
        Self { shown, wanted_at, every, task: tokio::spawn(keeper.run()).abort_handle() }
    }

    /// The next picture that arrives, or why the stream is broken.
    pub async fn next(&self, limit: Duration) -> Result<Frame, CaptureError> {
        let asked = Instant::now();
        *self.wanted_at.lock().unwrap_or_else(PoisonError::into_inner) = asked;
        let mut shown = self.shown.clone();
        let fresh = shown.wait_for(|shown| match shown {
            Shown::Opening => false,
            Shown::Picture(_, arrived) => *arrived >= asked,
            Shown::Failed(_) => true,
        });
        match timeout(limit, fresh).await.map(|shown| shown.map(|shown| shown.clone())) {
            Ok(Ok(Shown::Picture(frame, _))) => Ok(frame),
            Ok(Ok(Shown::Failed(error))) => Err(error),
            Ok(Ok(Shown::Opening) | Err(_)) => Err(CaptureError::Broken("it was closed")),
            Err(_) => Err(CaptureError::TimedOut { after: limit }),
        }
    }

    pub fn has_ended(&self) -> bool {
        self.task.is_finished()
    }

    pub fn wanted_at(&self) -> Instant {
        *self.wanted_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the next question should have come long ago.
    pub fn is_overdue(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.wanted_at()) > self.every.saturating_mul(2)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What the task owns.
struct Keeper {
    source: Live,
    settings: Arc<CaptureSettings>,
    outbound: Outbound,
    show: watch::Sender<Shown>,
    wanted_at: Arc<Mutex<Instant>>,
}

impl Keeper {
    async fn run(self) {
        tokio::select! {
            never = self.keep_open() => match never {},
            () = self.idle() => tracing::debug!(source = %self.source, "stream closed: no picture is wanted"),
        }
    }

    async fn keep_open(&self) -> Infallible {
        let mut failures = 0;
        loop {
            self.show.send_replace(Shown::Opening);
            let error = match self.pictures(&mut failures).await {
                Ok(never) => match never {},
                Err(error) => error,
            };
            failures += 1;
            tracing::debug!(source = %self.source, %error, failures, "stream broke");
            self.show.send_replace(Shown::Failed(error));
            sleep(backoff::wait(&self.settings.streams, failures)).await;
        }
    }

    /// Shows pictures until one is missing; `failures` starts anew with each picture.
    async fn pictures(&self, failures: &mut u32) -> Result<Infallible, CaptureError> {
        let CaptureSettings { ffmpeg, max_bytes, streams, time_limit, .. } = &*self.settings;
        let late = |_| CaptureError::TimedOut { after: *time_limit };
        let opening = async {
            let input = Input::live(&self.source, self.outbound).await?;
            let mut pictures = Pictures::every(ffmpeg, input, streams.interval, *max_bytes)?;
            let first = pictures.next().await?;
            Ok::<_, CaptureError>((pictures, first))
        };
        let (mut pictures, mut frame) = timeout(*time_limit, opening).await.map_err(late)??;
        loop {
            *failures = 0;
            self.show.send_replace(Shown::Picture(frame, Instant::now()));
            frame = timeout(*time_limit, pictures.next()).await.map_err(late)??;
        }
    }

    async fn idle(&self) {
        let limit = self.settings.streams.idle;
        loop {
            let wanted_at = *self.wanted_at.lock().unwrap_or_else(PoisonError::into_inner);
            let left = limit.saturating_sub(wanted_at.elapsed());
            // One receiver is the handle's; each caller that still waits has another.
            let somebody_waits = self.show.receiver_count() > 1;
            if left.is_zero() && !somebody_waits {
                return;
            }
            sleep(left.max(limit / 10)).await;
        }
    }
}

//! Streams that are kept open. The wait for the next keyframe dominates a single capture, so a camera whose picture is
//! wanted again and again gets a stream of its own: FFmpeg runs on, the newest picture is held, and whoever asks gets
//! the next one that comes. Streams that nobody asks of are closed, and there are never more than the setting allows.

mod backoff;
mod stream;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use platform::outbound::Outbound;

use crate::error::CaptureError;
use crate::frame::Frame;
use crate::settings::CaptureSettings;
use crate::source::Live;
use stream::OpenStream;

/// The open streams of a process, by source.
pub(crate) struct StreamPool {
    settings: Arc<CaptureSettings>,
    outbound: Outbound,
    streams: Mutex<HashMap<Live, Arc<OpenStream>>>,
}

impl StreamPool {
    pub fn new(settings: Arc<CaptureSettings>, outbound: Outbound) -> Self {
        Self { settings, outbound, streams: Mutex::default() }
    }

    /// A picture that arrives after now, from the stream of `source` if that is open.
    pub async fn frame_if_open(&self, source: &Live) -> Option<Result<Frame, CaptureError>> {
        let stream = self.open_streams().get(source).cloned()?;
        Some(stream.next(self.settings.time_limit).await)
    }

    /// The same from a stream that is opened if need be, for a caller who will ask again after `every`. `None` when
    /// there is no room for another stream.
    pub async fn frame(&self, source: &Live, every: Duration) -> Option<Result<Frame, CaptureError>> {
        if every > self.settings.streams.idle {
            return None;
        }
        let stream = self.stream(source, every)?;
        Some(stream.next(self.settings.time_limit).await)
    }

    /// How many streams are open.
    pub fn len(&self) -> usize {
        self.open_streams().len()
    }

    fn stream(&self, source: &Live, every: Duration) -> Option<Arc<OpenStream>> {
        let mut streams = self.open_streams();
        if let Some(open) = streams.get(source) {
            return Some(Arc::clone(open));
        }
        if streams.len() >= self.settings.streams.max {
            let spare = least_wanted(&streams, Instant::now())?;
            streams.remove(&spare);
        }
        let stream = OpenStream::start(source.clone(), every, &self.settings, self.outbound);
        let stream = Arc::new(stream);
        streams.insert(source.clone(), Arc::clone(&stream));
        Some(stream)
    }

    /// The map, without the streams that have ended.
    fn open_streams(&self) -> MutexGuard<'_, HashMap<Live, Arc<OpenStream>>> {
        // No code can panic while it holds the lock half-way through a change.
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.retain(|_, stream| !stream.has_ended());
        streams
    }
}

/// The stream that was asked of longest ago, if its next question is overdue: closing one that is in use would only
/// have two cameras take turns at opening theirs.
fn least_wanted(streams: &HashMap<Live, Arc<OpenStream>>, now: Instant) -> Option<Live> {
    let (source, stream) = streams.iter().min_by_key(|(_, stream)| stream.wanted_at())?;
    stream.is_overdue(now).then(|| source.clone())
}

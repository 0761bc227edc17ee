//! How long a frame takes from each kind of source: one capture alone, and the next picture of a stream that is kept open. These
//! are the workers' own calls, without job or API around them.

use std::time::{Duration, Instant};

use capture::{CaptureError, CaptureSettings, Capturer, Demand, Source, StreamType};
use platform::outbound::Outbound;

use super::{figure, heading, latencies::Latencies, site::PICTURE};
use crate::{error::Error, setting::setting};

const FRAMES: u32 = 25;
/// Streams of the simulator have a key frame every few seconds: this pause lets captures join anywhere between two.
const PAUSE: Duration = Duration::from_millis(130);
const KEPT_OPEN: Demand = Demand::Every(Duration::from_secs(1));

/// Measures every kind of source that the demo has.
pub async fn measure() -> Result<(), Error> {
    heading("Frame capture, from the call to the JPEG");
    let (rtsp, http) = (setting("DEMO_RTSP_URL")?, setting("DEMO_CAMERA_URL")?);
    let media_root = Some(setting("MEDIA_ROOT")?.into());
    let settings = CaptureSettings { media_root, ..CaptureSettings::default() };
    let capturer = Capturer::new(settings, Outbound::new(true))?;
    let sources = [
        (
            "RTSP (H.264, 1280x720), joined between key frames",
            StreamType::Rtsp,
            format!("{rtsp}/entrance"),
            Demand::Once,
        ),
        ("RTSP, stream kept open (10 frames/s)", StreamType::Rtsp, format!("{rtsp}/entrance"), KEPT_OPEN),
        ("HTTP MJPEG", StreamType::Http, format!("{http}/entrance.mjpg"), Demand::Once),
        ("HTTP snapshot URL", StreamType::Http, format!("{http}/entrance.jpg"), Demand::Once),
        ("local file", StreamType::LocalFile, PICTURE.to_owned(), Demand::Once),
    ];
    for (what, stream_type, url, demand) in sources {
        let source = Source::parse(stream_type, &url).map_err(CaptureError::from)?;
        figure(what, &one(&capturer, &source, demand).await?);
    }
    Ok(())
}

async fn one(capturer: &Capturer, source: &Source, demand: Demand) -> Result<Latencies, Error> {
    // The first one opens what is kept open.
    capturer.frame(source, demand).await?;
    let mut all = Vec::new();
    for _ in 0..FRAMES {
        tokio::time::sleep(PAUSE).await;
        let asked = Instant::now();
        capturer.frame(source, demand).await?;
        all.push(asked.elapsed());
    }
    Ok(all.into_iter().collect())
}

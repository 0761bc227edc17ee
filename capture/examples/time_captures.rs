//! Times captures from a source: `cargo run -p capture --example time_captures -- RTSP rtsp://host/stream [runs]`.
//! Prints the median of single captures, and of captures from a stream that is kept open.

use std::error::Error;
use std::time::{Duration, Instant};

use capture::{CaptureSettings, Capturer, Demand, Source};
use platform::outbound::Outbound;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(stream_type), Some(url)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: time_captures STREAM_TYPE STREAM_URL [RUNS]");
        std::process::exit(2);
    };
    let runs = arguments.next().and_then(|runs| runs.parse().ok()).unwrap_or(11);
    let source = stream_type.parse().and_then(|kind| Source::parse(kind, &url))?;
    let settings = CaptureSettings { media_root: Some("/".into()), ..CaptureSettings::default() };
    let capturer = Capturer::new(settings, Outbound::new(true))?;
    for (name, demand) in [("single", Demand::Once), ("kept open", Demand::Every(Duration::from_secs(1)))] {
        let mut times = Vec::new();
        for _ in 0..runs {
            let begun = Instant::now();
            capturer.frame(&source, demand).await?;
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        println!("{name}: p50 {:?}, min {:?}, max {:?}", times[runs / 2], times[0], times[runs - 1]);
    }
    Ok(())
}

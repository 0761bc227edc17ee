//! One frame at a time through the idle system: from the request to the WebSocket message, beside what the job says of its steps.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{figure, heading, latencies::Latencies, rows, site::Site};
use crate::{client::Listener, error::Error, story};

/// Rounds with the real provider, which takes its time.
pub const FEW: u32 = 20;
/// Rounds with the instant one.
pub const MANY: u32 = 200;

const CAMERA: &str = "BENCH-0001";
const PATIENCE: Duration = Duration::from_secs(30);
const STEPS: [&str; 3] = ["captureMs", "recogniseMs", "storeMs"];

struct Round {
    accepted: Duration,
    heard: Duration,
    job: Value,
}

/// Request to message for a camera that shows a file.
pub async fn measure(site: &Site, provider: &str, rounds: u32) -> Result<(), Error> {
    heading(&format!("send-frame of a Local File camera with {provider}, one at a time"));
    let mut listener = site.client.listen().await?;
    let mut all = Vec::new();
    for _ in 0..rounds {
        all.push(round(site, &mut listener).await?);
    }
    let of = |pick: fn(&Round) -> Duration| all.iter().map(pick).collect::<Latencies>();
    figure("request to 202", &of(|round| round.accepted));
    figure("request to WebSocket message", &of(|round| round.heard));
    print_steps(&all.iter().map(|round| &round.job).collect::<Vec<_>>());
    Ok(())
}

async fn round(site: &Site, listener: &mut Listener) -> Result<Round, Error> {
    let (asked, body) = (Instant::now(), json!({ "cameraId": CAMERA }));
    let post = async {
        let answer = site.client.post("/detections/send-frame", &body).await?;
        Ok::<_, Error>((answer, asked.elapsed()))
    };
    let hear = async {
        listener.next("detection", PATIENCE, |message| message["cameraId"] == CAMERA).await?;
        Ok(asked.elapsed())
    };
    let ((answer, accepted), heard) = tokio::try_join!(post, hear)?;
    let id = answer["jobId"].as_str().ok_or(Error::Unexpected("send-frame answered no jobId"))?;
    let job = story::finished(&site.client, listener, id).await?;
    // The messages of further faces must not be taken for those of the next round.
    for _ in 1..job["result"]["detections"].as_u64().unwrap_or_default() {
        listener.next("detection", PATIENCE, |message| message["cameraId"] == CAMERA).await?;
    }
    Ok(Round { accepted, heard, job })
}

/// Captures of an RTSP camera, as its jobs report them.
pub async fn through_rtsp(site: &Site) -> Result<(), Error> {
    heading("send-frame of an RTSP camera with an instant provider, one at a time");
    let (mut listener, mut jobs) = (site.client.listen().await?, Vec::new());
    for _ in 0..FEW {
        let answer = site.client.post("/detections/send-frame", &json!({ "cameraId": rows::RTSP })).await?;
        let id = answer["jobId"].as_str().ok_or(Error::Unexpected("send-frame answered no jobId"))?;
        jobs.push(story::finished(&site.client, &mut listener, id).await?);
    }
    print_steps(&jobs.iter().collect::<Vec<_>>());
    Ok(())
}

fn print_steps(jobs: &[&Value]) {
    for step in STEPS {
        let millis = jobs.iter().filter_map(|job| job["result"]["steps"][step].as_u64());
        let latencies: Latencies = millis.map(Duration::from_millis).collect();
        figure(&format!("of that, the job's {step} (whole ms)"), &latencies);
    }
}

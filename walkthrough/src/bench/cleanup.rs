//! The lists that browsers poll, before and while the daily clean-up removes a big backlog.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{backlog, figure, heading, load, processes, site::Site};
use crate::error::Error;

const LISTS: [&str; 4] = ["/detections/live", "/attendance/logs", "/detections/events", "/cameras"];
/// How long the quiet system is looked at.
const QUIET: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Measures both.
pub async fn measure(site: &Site) -> Result<(), Error> {
    backlog::files().await?;
    backlog::rows(&site.db).await?;
    heading(&format!("Four lists in turn at {} requests a second in all, before the clean-up", load::RATE));
    let quiet = async {
        tokio::time::sleep(QUIET).await;
        Ok(())
    };
    reads(site, quiet).await?;
    heading(&format!("… while it removes 1,300,000 rows and {} files", 2 * backlog::FILES));
    let used = processes::cpu("worker")?;
    let (took, report) = reads(site, clean_up(site)).await?;
    let used = (processes::cpu("worker")? - used).as_secs_f64();
    let seconds = took.as_secs_f64();
    figure("the clean-up", &format_args!("{seconds:.1} s, of which {used:.1} s CPU of the workers"));
    println!("  {report}");
    Ok(())
}

async fn reads<T>(site: &Site, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let (end, latencies) = load::open_loop_while(&site.target, &LISTS, work).await?;
    for (path, latencies) in LISTS.iter().zip(latencies) {
        figure(&format!("GET {path}"), &latencies);
    }
    Ok(end)
}

/// Runs the job out of turn; answers how long that took, and what it told.
async fn clean_up(site: &Site) -> Result<(Duration, Value), Error> {
    let begun = Instant::now();
    let answer = site.client.post("/schedules/cleanup_old_data/run", &json!({})).await?;
    let id = answer["jobId"].as_str().ok_or(Error::Unexpected("a job without an id"))?;
    loop {
        let mut job = site.client.get(&format!("/jobs/{id}")).await?;
        match job["status"].as_str() {
            Some("done") => return Ok((begun.elapsed(), job["result"].take())),
            Some("dead" | "cancelled" | "expired") => {
                return Err(Error::Failed(format!("the clean-up failed: {}", job["attempts"])));
            }
            _ => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}

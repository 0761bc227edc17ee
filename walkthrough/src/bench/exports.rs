//! Files of logs, one at a time through the idle system: from the request to the end of the job, and the download.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use super::{figure, heading, latencies::Latencies, processes, site::Site};
use crate::{client::Listener, error::Error, story};

const TIMES: u32 = 5;

/// What one file took.
struct Made {
    until_done: Duration,
    until_downloaded: Duration,
    bytes: usize,
}

/// All 200,000 logs as CSV, and ten days of them (10,000 logs) in every format.
pub async fn measure(site: &Site) -> Result<(), Error> {
    heading("Files of attendance logs, one at a time, from the POST");
    let today = Utc::now().date_naive();
    let ten_days = json!({ "dateFrom": today - TimeDelta::days(10), "dateTo": today - TimeDelta::days(1) });
    copy(site).await?;
    file(site, "CSV, 200,000 logs", "csv", &json!({})).await?;
    file(site, "CSV, 10,000 logs", "csv", &ten_days).await?;
    file(site, "XLSX, 10,000 logs", "xlsx", &ten_days).await?;
    file(site, "PDF, 10,000 logs", "pdf", &ten_days).await
}

/// What PostgreSQL takes for a CSV of the columns that the file has, to be read beside the rest: nothing is formatted for people,
/// nor stored.
async fn copy(site: &Site) -> Result<(), Error> {
    let mut all = Vec::new();
    for _ in 0..TIMES {
        let begun = Instant::now();
        let mut connection = site.db.get_postgres_connection_pool().acquire().await.map_err(failed)?;
        let mut lines = connection.copy_out_raw(COPY).await.map_err(failed)?;
        while lines.try_next().await.map_err(failed)?.is_some() {}
        all.push(begun.elapsed());
    }
    figure("PostgreSQL's own COPY of the 200,000 as CSV", &all.into_iter().collect::<Latencies>());
    Ok(())
}

const COPY: &str = "COPY (SELECT date, employee_id, name, department, status, time_in, time_out, check_out_at - check_in_at,
    camera_name, accuracy, source, odoo_status, note, id FROM attendance_logs ORDER BY date, id) TO STDOUT WITH (FORMAT csv)";

fn failed(error: impl std::error::Error) -> Error {
    Error::Failed(format!("the logs could not be copied: {error}"))
}

async fn file(site: &Site, what: &str, format: &str, filters: &Value) -> Result<(), Error> {
    let (mut listener, mut all) = (site.client.listen().await?, Vec::new());
    let request = json!({ "format": format, "filters": filters });
    processes::forget_peaks("worker")?;
    for _ in 0..TIMES {
        all.push(make(site, &mut listener, &request).await?);
    }
    let peak = processes::peak("worker")?;
    let bytes = all.iter().map(|made| made.bytes).max().unwrap_or_default();
    let of = |pick: fn(&Made) -> Duration| all.iter().map(pick).collect::<Latencies>();
    figure(&format!("{what}: until the job is done"), &of(|made| made.until_done));
    figure(&format!("{what}: until the last byte is here"), &of(|made| made.until_downloaded));
    figure(&format!("{what}: size"), &format_args!("{bytes} bytes; a worker's peak RSS {peak:.1} MiB"));
    Ok(())
}

async fn make(site: &Site, listener: &mut Listener, request: &Value) -> Result<Made, Error> {
    let asked = Instant::now();
    let answer = site.client.post("/attendance/export", request).await?;
    let [job, export] = ["jobId", "exportId"].map(|key| answer[key].as_str());
    let (Some(job), Some(export)) = (job, export) else {
        return Err(Error::Unexpected("an export without ids"));
    };
    story::ended(listener, job).await?;
    let until_done = asked.elapsed();
    let row = site.client.get(&format!("/exports/{export}")).await?;
    let url = row["downloadUrl"].as_str().ok_or(Error::Unexpected("a file without an address"))?;
    let bytes = reqwest::get(url).await?.error_for_status()?.bytes().await?.len();
    Ok(Made { until_done, until_downloaded: asked.elapsed(), bytes })
}

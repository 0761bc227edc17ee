//! The lists that browsers poll, among 100,000 detections, 200,000 attendance logs and 1,000 cameras.

mod checking_in;

use std::time::Duration;

use chrono::{TimeDelta, Utc};

use super::{
    figure, heading,
    load::{self, CONNECTIONS, RATE},
    processes,
    site::Site,
};
use crate::error::Error;

/// Long runs for the lists with a goal of their own, short ones for their filters.
const LONG: u32 = 10;
const SHORT: u32 = 5;
const CLOSED: Duration = Duration::from_secs(5);

const LISTS: [(&str, u32); 23] = [
    ("/detections/live", LONG),
    ("/cameras", LONG),
    ("/cameras?search=camera%2077", SHORT),
    ("/attendance/logs", LONG),
    ("/attendance/logs?status=late", SHORT),
    ("/attendance/logs?department=Department%207", SHORT),
    ("/attendance/logs?cameraId=BENCH-0007", SHORT),
    ("/attendance/logs?search=person%20777", SHORT),
    ("/attendance/logs?search=bench", SHORT),
    ("/attendance/logs?search=zz", SHORT),
    ("/attendance/logs?odooStatus=skipped", SHORT),
    ("/attendance/logs?department=Department%207&status=late", SHORT),
    ("/attendance/logs?page=9000", SHORT),
    ("/attendance/statistics", LONG),
    ("/attendance/statistics?groupBy=hour", SHORT),
    ("/attendance/statistics?groupBy=camera", SHORT),
    ("/attendance/statistics?groupBy=department", SHORT),
    ("/attendance/today", SHORT),
    ("/attendance/today?status=absent", SHORT),
    ("/attendance/pending", SHORT),
    ("/attendance/user-history?employeeId=BENCH-0777", SHORT),
    ("/attendance/status/BENCH-0777", SHORT),
    ("/detections/events", SHORT),
];
/// How often each report is asked for, one after the other: nobody polls them.
const REPORT_TIMES: u32 = 20;
const BUSY: [&str; 4] =
    ["/detections/live", "/cameras", "/attendance/logs", "/attendance/logs?department=Department%207"];

/// Measures all of them.
pub async fn measure(site: &Site) -> Result<(), Error> {
    heading(&format!(
        "Reads at {RATE} requests a second (open loop, counted from the time at which each was due)"
    ));
    for (path, seconds) in LISTS {
        figure(&format!("GET {path}"), &load::open_loop(&site.target, path, seconds).await?);
    }
    // The newest day that has logs.
    let yesterday = (Utc::now() - TimeDelta::days(1)).date_naive();
    let overview = format!("/attendance/overview?date={yesterday}");
    figure(&format!("GET {overview}"), &load::open_loop(&site.target, &overview, LONG).await?);
    checking_in::measure(site).await?;
    heading("Reports, one after the other");
    for path in [
        format!("/reports/daily?date={yesterday}"),
        "/reports/monthly".to_owned(),
        "/reports/department".to_owned(),
    ] {
        figure(&format!("GET {path}"), &load::one_by_one(&site.target, &path, REPORT_TIMES).await?);
    }
    heading(&format!("Reads as fast as they are answered ({CONNECTIONS} connections)"));
    for path in BUSY {
        busy(site, path).await?;
    }
    Ok(())
}

async fn busy(site: &Site, path: &str) -> Result<(), Error> {
    let before = processes::cpu("api")?;
    let count = load::closed_loop(&site.target, path, CLOSED).await?;
    let cpu = (processes::cpu("api")? - before).as_secs_f64() * 1_000.0 / count as f64;
    let rate = count as f64 / CLOSED.as_secs_f64();
    figure(&format!("GET {path}"), &format_args!("{rate:7.0} requests/s, {cpu:.3} ms CPU of the API each"));
    Ok(())
}

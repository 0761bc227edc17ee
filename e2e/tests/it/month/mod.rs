//! A month of a site with 300 people and two shifts, one of them across midnight and through the night in which the clocks go back:
//! what was seen must come out right, to the second, wherever attendance is shown.

mod files;
mod large;
mod site;
mod truth;

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use calamine::Data;
use chrono::{NaiveDate, NaiveTime};
use e2e::{Client, Stage};
use serde_json::{Value, json};
use testkit::provider::Answer;

use truth::WorkDay;

const FILTERS: [(&str, &str); 2] = [("dateFrom", "2025-10-01"), ("dateTo", "2025-10-31")];

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_300_people_in_two_shifts_is_right_in_logs_statistics_reports_and_every_file() {
    let stage = Stage::set(Answer::nobody()).await;
    let admin = stage.sign_in().await;
    let _worker = stage.worker().await;
    let truth = truth::work_days();
    site::found(&stage, &admin).await;
    site::watch(&stage, &admin, &truth).await;

    recompute(&admin).await;
    site::close(&stage).await;

    logs_are_right(&admin, &truth).await;
    statistics_are_right(&admin, &truth).await;
    monthly_report_is_right(&admin, &truth).await;
    let filters: Value =
        FILTERS.map(|(name, value)| (name.to_owned(), Value::from(value))).into_iter().collect();
    csv_is_right(&files::download(&stage, &admin, "csv", &filters).await.bytes, &truth);
    xlsx_is_right(files::download(&stage, &admin, "xlsx", &filters).await.bytes, &truth);
    pdf_is_right(&files::download(&stage, &admin, "pdf", &filters).await.bytes, &truth);
}

/// Every day from its detections, all at once: which day an early sighting counts for hangs on the log of the day before, whichever
/// worker comes to it first. Doing it again changes nothing.
async fn recompute(admin: &Client) {
    for first_time in [true, false] {
        let (mut jobs, mut changed) = (Vec::new(), Vec::new());
        for date in truth::days() {
            jobs.push(admin.post("/attendance/recompute", &json!({ "date": date })).await);
        }
        for job in jobs {
            let done = admin.done(job["jobId"].as_str().unwrap(), Duration::from_secs(60)).await;
            changed.extend((done["result"]["changed"] != 0).then(|| done["result"].clone()));
        }
        assert_eq!(!changed.is_empty(), first_time, "{changed:?}");
    }
}

/// The facts that every list and file must agree on, by person and day.
type Facts = BTreeMap<(String, String), (String, String, String)>;

fn facts(truth: &[WorkDay]) -> Facts {
    let fact = |day: &WorkDay| {
        let (came, left) = day.times().unwrap_or_default();
        ((day.employee_id.clone(), day.date.to_string()), (day.status().to_owned(), came, left))
    };
    truth.iter().map(fact).collect()
}

fn same(found: &Facts, truth: &[WorkDay]) {
    let wanted = facts(truth);
    let wrong: Vec<_> = wanted.iter().filter(|(key, fact)| found.get(*key) != Some(*fact)).take(5).collect();
    let seen: Vec<_> = wrong.iter().map(|(key, _)| found.get(*key)).collect();
    assert!(wrong.is_empty(), "wanted {wrong:?}, found {seen:?}");
    assert_eq!(found.len(), wanted.len(), "and nothing else");
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

async fn logs_are_right(admin: &Client, truth: &[WorkDay]) {
    let mut found = Facts::new();
    for page in 1.. {
        let query = format!("dateFrom=2025-10-01&dateTo=2025-10-31&pageSize=200&page={page}");
        let logs = admin.list(&format!("/attendance/logs?{query}")).await;
        if logs.is_empty() {
            break;
        }
        found.extend(logs.iter().map(|log| {
            let key = (text(&log["employeeId"]), text(&log["date"]));
            (key, (text(&log["status"]), text(&log["timeIn"]), text(&log["timeOut"])))
        }));
    }
    same(&found, truth);
}

async fn statistics_are_right(admin: &Client, truth: &[WorkDay]) {
    for (group, key) in [("day", by_day as fn(&WorkDay) -> String), ("department", by_department)] {
        let query = format!("groupBy={group}&dateFrom=2025-10-01&dateTo=2025-10-31");
        let found = admin.get(&format!("/attendance/statistics?{query}")).await;
        let buckets = found["buckets"].as_array().unwrap();
        for bucket in buckets {
            let days: Vec<_> = truth.iter().filter(|day| key(day) == text(&bucket["key"])).collect();
            counts_are(bucket, &days);
        }
        assert_eq!(buckets.len(), truth.iter().map(key).collect::<HashSet<_>>().len());
        counts_are(&found["totals"], &truth.iter().collect::<Vec<_>>());
    }
}

fn by_day(day: &WorkDay) -> String {
    day.date.to_string()
}

fn by_department(day: &WorkDay) -> String {
    day.department.to_owned()
}

fn counts_are(found: &Value, days: &[&WorkDay]) {
    for status in ["present", "late", "missed"] {
        let wanted = days.iter().filter(|day| day.status() == status).count();
        assert_eq!(found[status], wanted, "{status} in {found}");
    }
    assert_eq!(found["total"], days.len(), "{found}");
    let people: HashSet<_> = days.iter().map(|day| &day.employee_id).collect();
    assert_eq!(found["uniquePeople"], people.len(), "{found}");
}

async fn monthly_report_is_right(admin: &Client, truth: &[WorkDay]) {
    let report = admin.get("/reports/monthly?year=2025&month=10").await;
    let records = report["records"].as_array().unwrap();
    assert_eq!(records.len(), 300);
    for record in records {
        let days: Vec<_> = truth.iter().filter(|day| record["employeeId"] == *day.employee_id).collect();
        sums_are(record, &days);
    }
    sums_are(&report["summary"], &truth.iter().collect::<Vec<_>>());
}

fn sums_are(found: &Value, days: &[&WorkDay]) {
    for status in ["present", "late", "missed"] {
        let wanted = days.iter().filter(|day| day.status() == status).count();
        assert_eq!(found[status], wanted, "{status} in {found}");
    }
    let worked: i64 = days.iter().map(|day| day.worked_minutes()).sum();
    assert_eq!(found["workedMinutes"], worked, "{found}");
}

fn csv_is_right(bytes: &[u8], truth: &[WorkDay]) {
    let rows = files::csv_rows(bytes);
    let found = rows.iter().map(|row| {
        let key = (text(&row["Employee ID"]), text(&row["Date"]));
        (key, (text(&row["Status"]).to_lowercase(), text(&row["Time in"]), text(&row["Time out"])))
    });
    same(&found.collect(), truth);
    for row in &rows {
        let day = truth
            .iter()
            .find(|day| row["Employee ID"] == *day.employee_id && row["Date"] == day.date.to_string());
        assert_eq!(minutes(&text(&row["Worked"])), day.unwrap().worked_minutes(), "{row}");
    }
}

/// `8:05` in minutes; nothing is none.
fn minutes(duration: &str) -> i64 {
    let Some((hours, minutes)) = duration.split_once(':') else { return 0 };
    hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap()
}

fn xlsx_is_right(bytes: Vec<u8>, truth: &[WorkDay]) {
    let found = files::xlsx_rows(bytes).into_iter().map(|row| {
        let key = (row[1].to_string(), day_of(&row[0]));
        (key, (row[4].to_string().to_lowercase(), clock_of(&row[5]), clock_of(&row[6])))
    });
    same(&found.collect(), truth);
}

fn day_of(cell: &Data) -> String {
    let Data::DateTime(day) = cell else { panic!("no date: {cell:?}") };
    let first = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap().and_time(NaiveTime::MIN);
    (first + chrono::TimeDelta::seconds(seconds_of(day.as_f64()))).date().to_string()
}

/// A spreadsheet counts days.
#[expect(clippy::cast_possible_truncation, reason = "rounded, and far below what an i64 holds")]
fn seconds_of(days: f64) -> i64 {
    (days * 86_400.0).round() as i64
}

fn clock_of(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::DateTime(part) => {
            let time = NaiveTime::MIN + chrono::TimeDelta::seconds(seconds_of(part.as_f64()));
            time.format("%H:%M:%S").to_string()
        }
        other => panic!("no time: {other:?}"),
    }
}

fn pdf_is_right(bytes: &[u8], truth: &[WorkDay]) {
    let lines = files::pdf_lines(bytes);
    let rows: BTreeMap<_, _> =
        lines.iter().filter_map(|line| Some((line.split_once(" Person ")?.0, line))).collect();
    assert_eq!(rows.len(), truth.len());
    for day in truth {
        let row = rows[format!("{} {}", day.date, day.employee_id).as_str()];
        let (came, left) = day.times().unwrap_or_default();
        let wanted = format!("{} {} {} {came} {left}", day.name, day.department, day.status());
        let wanted = wanted.trim_end().split_once(' ').unwrap().1;
        assert!(row.to_lowercase().contains(&wanted.to_lowercase()), "{wanted} in {row}");
    }
    let count = |status: &str| truth.iter().filter(|day| day.status() == status).count().to_string();
    let totals = ["present", "late", "missed"].map(count);
    assert!(
        lines.iter().any(|line| totals.iter().all(|total| line.contains(total))),
        "the totals {totals:?}"
    );
}

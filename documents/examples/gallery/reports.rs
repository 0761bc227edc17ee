//! What the product makes of attendance: the logs of a month, one day, everybody's month, and departments.

use chrono::NaiveDate;
use documents::{Bar, Cell, Chart, Column, Day, Kind, Series, Summary, Tone, Total};

use crate::document::{Document, columns, day, layout, time};
use crate::site::{Mark, PEOPLE, Presence, presences};

const NOTE: &str = "Doctor's appointment, told the shift leader the day before";

fn month() -> impl Iterator<Item = NaiveDate> {
    (1..=30).map(day)
}

pub fn number(person: usize) -> String {
    format!("EMP-{:05}", 400 + person)
}

fn worked(presence: &Presence) -> Cell<'static> {
    presence.time_out.map_or(Cell::Empty, |_| Cell::Duration(presence.worked))
}

/// The columns of logs.
pub fn log_columns() -> Vec<Column> {
    columns(&[
        ("Date", Kind::Date, None),
        ("Employee ID", Kind::Text, Some(12)),
        ("Name", Kind::Text, Some(24)),
        ("Department", Kind::Text, Some(16)),
        ("Status", Kind::Text, Some(8)),
        ("Time in", Kind::Time, None),
        ("Time out", Kind::Time, None),
        ("Worked", Kind::Duration, None),
        ("Camera", Kind::Text, Some(16)),
        ("Accuracy", Kind::Decimal { places: 1 }, None),
        ("Source", Kind::Text, Some(8)),
        ("Odoo", Kind::Text, Some(8)),
        ("Note", Kind::Text, Some(20)),
        ("Log ID", Kind::Text, Some(18)),
    ])
}

pub fn log(presence: &Presence) -> Vec<Cell<'static>> {
    let (name, department, _) = PEOPLE[presence.person];
    let seen = presence.time_in.is_some();
    let accuracy = 91.0 + f64::from(u32::try_from(presence.person).unwrap_or_default()) / 4.0;
    vec![
        presence.date.into(),
        number(presence.person).into(),
        name.into(),
        department.into(),
        presence.mark.word().into(),
        presence.time_in.into(),
        presence.time_out.into(),
        worked(presence),
        seen.then_some(presence.camera).into(),
        seen.then_some(accuracy).into(),
        (if seen { "Camera" } else { "System" }).into(),
        (if seen { "Synced" } else { "Pending" }).into(),
        (presence.mark == Mark::Missed).then_some(NOTE).into(),
        format!("ATT-{}-{:03}", presence.date.format("%Y%m%d"), presence.person + 1).into(),
    ]
}

pub fn attendance() -> Document {
    let logs: Vec<Presence> = month().flat_map(presences).collect();
    let filters = [("Status", "Present"), ("Odoo", "Synced")];
    Document {
        name: "attendance",
        layout: layout("Attendance", "1 November 2026 to 30 November 2026", &filters, log_columns()),
        rows: logs.iter().map(log).collect(),
        summary: Summary { totals: totals(&logs), chart: Some(days(month())) },
    }
}

fn count(logs: &[Presence], mark: Mark) -> i64 {
    i64::try_from(logs.iter().filter(|log| log.mark == mark).count()).unwrap_or_default()
}

fn minutes(logs: &[Presence]) -> i64 {
    logs.iter().map(|log| log.worked).sum()
}

fn totals(logs: &[Presence]) -> Vec<Total> {
    vec![
        Total::new("Logs", Kind::Integer, i64::try_from(logs.len()).unwrap_or_default()),
        Total::new("People", Kind::Integer, i64::try_from(PEOPLE.len()).unwrap_or_default()),
        Total::new("Present", Kind::Integer, count(logs, Mark::Present)),
        Total::new("Late", Kind::Integer, count(logs, Mark::Late)),
        Total::new("Missed", Kind::Integer, count(logs, Mark::Missed)),
        Total::new("Worked", Kind::Duration, Cell::Duration(minutes(logs))),
    ]
}

/// The chart of some days.
pub fn days(days: impl Iterator<Item = NaiveDate>) -> Chart {
    let day = |date: NaiveDate| {
        let logs = presences(date);
        let count = |mark| count(&logs, mark).unsigned_abs();
        Day {
            label: date.format("%-d %b").to_string(),
            present: count(Mark::Present),
            late: count(Mark::Late),
            missed: count(Mark::Missed),
        }
    };
    Chart::of_days("People per day", days.map(day))
}

pub fn daily() -> Document {
    let date = day(20);
    let mut logs = presences(date);
    logs.sort_by_key(|log| (PEOPLE[log.person].1, PEOPLE[log.person].0));
    let described = [
        ("Department", Kind::Text, Some(16)),
        ("Employee ID", Kind::Text, Some(12)),
        ("Name", Kind::Text, Some(24)),
        ("Status", Kind::Text, Some(8)),
        ("Time in", Kind::Time, None),
        ("Time out", Kind::Time, None),
        ("Worked", Kind::Duration, None),
        ("Shift", Kind::Text, Some(12)),
        ("Camera", Kind::Text, Some(16)),
        ("Note", Kind::Text, Some(20)),
    ];
    let series = [("In time", Tone::Good), ("Late", Tone::Warning)];
    let hours = (5..=22).map(|hour| Bar { label: format!("{hour:02}:00"), values: vec![hour % 7, hour % 3] });
    let chart = Chart {
        title: "Arrivals by hour".to_owned(),
        series: series.map(|(name, tone)| Series { name: name.to_owned(), tone }).to_vec(),
        bars: hours.collect(),
    };
    Document {
        name: "daily",
        layout: layout("Daily attendance", "Friday, 20 November 2026", &[], columns(&described)),
        rows: logs.iter().map(daily_row).collect(),
        summary: Summary { totals: sums(&logs), chart: Some(chart) },
    }
}

fn daily_row(log: &Presence) -> Vec<Cell<'static>> {
    let (name, department, shift) = PEOPLE[log.person];
    vec![
        department.into(),
        number(log.person).into(),
        name.into(),
        log.mark.word().into(),
        log.time_in.into(),
        log.time_out.into(),
        worked(log),
        shift.into(),
        log.time_in.map(|_| log.camera).into(),
        (log.mark == Mark::Missed).then_some(NOTE).into(),
    ]
}

/// What days come to, as totals.
fn sums(logs: &[Presence]) -> Vec<Total> {
    vec![
        Total::new("People", Kind::Integer, i64::try_from(PEOPLE.len()).unwrap_or_default()),
        Total::new("Present", Kind::Integer, count(logs, Mark::Present)),
        Total::new("Late", Kind::Integer, count(logs, Mark::Late)),
        Total::new("Missed", Kind::Integer, count(logs, Mark::Missed)),
        Total::new("Attendance rate", Kind::Percent, 0.957),
        Total::new("Worked", Kind::Duration, Cell::Duration(minutes(logs))),
        Total::new("Mean time in", Kind::Time, time(30_111)),
        Total::new("Mean time out", Kind::Time, time(60_222)),
    ]
}

const FIGURES: [(&str, Kind, Option<u16>); 8] = [
    ("Present", Kind::Integer, None),
    ("Late", Kind::Integer, None),
    ("Missed", Kind::Integer, None),
    ("Days", Kind::Integer, None),
    ("Rate", Kind::Percent, None),
    ("Worked", Kind::Duration, None),
    ("Mean time in", Kind::Time, None),
    ("Mean time out", Kind::Time, None),
];

fn figures(logs: &[&Presence]) -> Vec<Cell<'static>> {
    let count = |mark| logs.iter().filter(|log| log.mark == mark).count();
    let number = |count: usize| Cell::Integer(i64::try_from(count).unwrap_or_default());
    let came = count(Mark::Present) + count(Mark::Late);
    let share = f64::from(u32::try_from(came).unwrap_or_default())
        / f64::from(u32::try_from(logs.len()).unwrap_or(1));
    vec![
        number(count(Mark::Present)),
        number(count(Mark::Late)),
        number(count(Mark::Missed)),
        number(logs.len()),
        Cell::Number(share),
        Cell::Duration(logs.iter().map(|log| log.worked).sum()),
        logs.iter().find_map(|log| log.time_in).into(),
        logs.iter().find_map(|log| log.time_out).into(),
    ]
}

pub fn monthly() -> Document {
    let logs: Vec<Presence> = month().flat_map(presences).collect();
    let mut described = vec![
        ("Department", Kind::Text, Some(16)),
        ("Employee ID", Kind::Text, Some(12)),
        ("Name", Kind::Text, Some(24)),
    ];
    described.extend(FIGURES);
    let row = |person: usize| {
        let of_person: Vec<&Presence> = logs.iter().filter(|log| log.person == person).collect();
        let (name, department, _) = PEOPLE[person];
        let mut row = vec![department.into(), number(person).into(), name.into()];
        row.extend(figures(&of_person));
        row
    };
    Document {
        name: "monthly",
        layout: layout("Monthly attendance", "November 2026", &[], columns(&described)),
        rows: (0..PEOPLE.len()).map(row).collect(),
        summary: Summary { totals: sums(&logs), chart: Some(days(month())) },
    }
}

pub fn department() -> Document {
    let logs: Vec<Presence> = month().flat_map(presences).collect();
    let mut departments: Vec<&str> = PEOPLE.iter().map(|person| person.1).collect();
    departments.sort_unstable();
    departments.dedup();
    let mut described = vec![("Department", Kind::Text, Some(20)), ("People", Kind::Integer, None)];
    described.extend(FIGURES);
    let row = |department: &&'static str| {
        let here = |person: usize| PEOPLE[person].1 == *department;
        let logs: Vec<&Presence> = logs.iter().filter(|log| here(log.person)).collect();
        let people = (0..PEOPLE.len()).filter(|person| here(*person)).count();
        let mut row = vec![(*department).into(), Cell::Integer(i64::try_from(people).unwrap_or_default())];
        row.extend(figures(&logs));
        row
    };
    let period = "1 November 2026 to 30 November 2026";
    Document {
        name: "department",
        layout: layout("Departments", period, &[("Department", "Operations")], columns(&described)),
        rows: departments.iter().map(row).collect(),
        summary: Summary { totals: sums(&logs), chart: Some(days(month())) },
    }
}

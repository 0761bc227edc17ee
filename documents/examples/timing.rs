//! How fast documents are written, and how much memory that takes. One format and one number of rows a run, so
//! that the peak of memory is that of this document. The columns are those of an export of attendance, or the
//! first so many of them.
//!
//! `cargo run --release -p documents --example timing -- pdf 10000 14`

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::time::Instant;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use documents::{Cell, Chart, Column, Day, Format, Kind, Layout, Options, Summary, Total, Writer};

const FIRST: [&str; 8] = ["Anna", "Björn", "Chiara", "Dmitri", "Élodie", "Farid", "Grace", "Ольга"];
const LAST: [&str; 9] = [
    "Schneider",
    "Rossi",
    "O'Brien",
    "Kowalska",
    "García Márquez",
    "Nguyễn",
    "Yılmaz",
    "Петрова",
    "de la Cruz",
];
const DEPARTMENTS: [&str; 4] = ["Engineering", "Finance", "Operations", "Human Resources"];
const CAMERAS: [&str; 3] = ["Main entrance", "Lobby", "Loading bay north"];
const NOTE: &str = "Doctor's appointment, told the shift leader the day before";
const PEOPLE: usize = 300;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let format = match arguments.first().map(String::as_str) {
        Some("csv") => Format::Csv,
        Some("xlsx") => Format::Xlsx,
        Some("pdf") => Format::Pdf,
        Some(_) | None => return Err("usage: timing csv|xlsx|pdf ROWS [COLUMNS]".into()),
    };
    let rows: usize = arguments.get(1).ok_or("how many rows?")?.parse()?;
    let columns = arguments.get(2).map_or(Ok(usize::MAX), |columns| columns.parse())?;
    let path = std::env::temp_dir().join(format!("timing.{}", format.extension()));

    let start = Instant::now();
    let options = Options::default();
    let mut table = Writer::begin(format, layout(columns), &options, BufWriter::new(File::create(&path)?))?;
    for number in 0..rows {
        let row = row(number)?;
        table.row(&row[..columns.min(row.len())])?;
    }
    let taken = start.elapsed();
    table.finish(&summary())?;
    let total = start.elapsed();

    println!(
        "{format}: {rows} rows in {total:.2?} (rows {taken:.2?}), {:.0} rows/s, {} KiB, peak {}: {}",
        f64::from(u32::try_from(rows)?) / total.as_secs_f64(),
        std::fs::metadata(&path)?.len() / 1024,
        peak_memory()?,
        path.display()
    );
    Ok(())
}

fn layout(columns: usize) -> Layout {
    let all = [
        ("Date", Kind::Date),
        ("Employee ID", Kind::Text),
        ("Name", Kind::Text),
        ("Department", Kind::Text),
        ("Status", Kind::Text),
        ("Time in", Kind::Time),
        ("Time out", Kind::Time),
        ("Worked", Kind::Duration),
        ("Camera", Kind::Text),
        ("Accuracy", Kind::Decimal { places: 1 }),
        ("Source", Kind::Text),
        ("Odoo", Kind::Text),
        ("Note", Kind::Text),
        ("Log ID", Kind::Text),
    ];
    Layout {
        title: "Attendance".to_owned(),
        subtitle: vec!["November 2026".to_owned()],
        filters: vec![("Department".to_owned(), "all".to_owned())],
        generated_at: chrono_tz::Europe::Berlin.from_utc_datetime(&NaiveDateTime::default()),
        columns: all.into_iter().take(columns).map(|(heading, kind)| Column::new(heading, kind)).collect(),
    }
}

fn row(number: usize) -> Result<[Cell<'static>; 14], Box<dyn Error>> {
    let (nth, person) = (number / PEOPLE, number % PEOPLE);
    let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default() + Days::new(nth as u64 % 365);
    let seconds = i64::try_from(number * 7919 % 3600)?;
    let arrival = NaiveTime::from_hms_opt(8, 0, 0).unwrap_or_default() + TimeDelta::seconds(seconds);
    let name = [FIRST[person % FIRST.len()], " ", LAST[person % LAST.len()]].concat();
    Ok([
        day.into(),
        format!("EMP-{person:05}").into(),
        name.into(),
        DEPARTMENTS[person % DEPARTMENTS.len()].into(),
        (if seconds > 3000 { "Late" } else { "Present" }).into(),
        arrival.into(),
        (arrival + TimeDelta::seconds(30_000 + seconds * 3 % 997)).into(),
        Cell::Duration(500 + seconds % 37),
        CAMERAS[person % CAMERAS.len()].into(),
        Cell::Number(90.0 + f64::from(u32::try_from(person)?) / 40.0),
        "Camera".into(),
        (if nth % 9 == 0 { "Pending" } else { "Synced" }).into(),
        number.is_multiple_of(40).then_some(NOTE).into(),
        format!("ATT-{}-{:03}", day.format("%Y%m%d"), person + 1).into(),
    ])
}

fn summary() -> Summary {
    let days = (1..=30).map(|day| Day {
        label: format!("{day} Nov"),
        present: 260,
        late: 28 + day,
        missed: day / 3,
    });
    Summary {
        totals: vec![Total::new("Present", Kind::Integer, 7800)],
        chart: Some(Chart::of_days("People per day", days)),
    }
}

/// The most memory that this process ever had, as Linux counts it.
fn peak_memory() -> Result<String, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.unwrap_or("unknown").trim().to_owned())
}

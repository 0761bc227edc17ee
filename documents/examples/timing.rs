//! How fast documents are written, and how much memory that takes. One format and one number of rows a run, so
//! that the peak of memory is that of this document.
//!
//! `cargo run --release -p documents --example timing -- pdf 10000`

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
const PEOPLE: usize = 300;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let format = match arguments.first().map(String::as_str) {
        Some("csv") => Format::Csv,
        Some("xlsx") => Format::Xlsx,
        Some("pdf") => Format::Pdf,
        Some(_) | None => return Err("usage: timing csv|xlsx|pdf ROWS".into()),
    };
    let rows: usize = arguments.get(1).ok_or("how many rows?")?.parse()?;
    let path = std::env::temp_dir().join(format!("timing.{}", format.extension()));

    let start = Instant::now();
    let options = Options::default();
    let mut table = Writer::begin(format, layout(), &options, BufWriter::new(File::create(&path)?))?;
    let mut name = String::new();
    for row in 0..rows {
        write_row(&mut table, row, &mut name)?;
    }
    let taken = start.elapsed();
    table.finish(&summary())?;
    let total = start.elapsed();

    println!(
        "{format}: {rows} rows in {total:.2?} (rows {taken:.2?}), {:.0} rows/s, {} KiB, peak {}",
        f64::from(u32::try_from(rows)?) / total.as_secs_f64(),
        std::fs::metadata(&path)?.len() / 1024,
        peak_memory()?
    );
    std::fs::remove_file(path)?;
    Ok(())
}

fn layout() -> Layout {
    Layout {
        title: "Attendance".to_owned(),
        subtitle: vec!["November 2026".to_owned()],
        filters: vec![("Department".to_owned(), "all".to_owned())],
        generated_at: chrono_tz::Europe::Berlin.from_utc_datetime(&NaiveDateTime::default()),
        columns: vec![
            Column::new("Date", Kind::Date),
            Column::new("Employee ID", Kind::Text),
            Column::new("Name", Kind::Text),
            Column::new("Department", Kind::Text),
            Column::new("Check-in", Kind::Time),
            Column::new("Check-out", Kind::Time),
            Column::new("Worked", Kind::Duration),
            Column::new("Status", Kind::Text),
            Column::new("Camera", Kind::Text),
            Column::new("Accuracy", Kind::Percent),
        ],
    }
}

fn write_row(
    table: &mut Writer<BufWriter<File>>,
    row: usize,
    name: &mut String,
) -> Result<(), Box<dyn Error>> {
    let person = row % PEOPLE;
    let day =
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default() + Days::new((row / PEOPLE) as u64 % 365);
    name.clear();
    name.extend([FIRST[person % FIRST.len()], " ", LAST[person % LAST.len()]]);
    let number = format!("EMP-{person:05}");
    let seconds = i64::try_from(row * 7919 % 3600)?;
    let arrival = NaiveTime::from_hms_opt(8, 0, 0).unwrap_or_default() + TimeDelta::seconds(seconds);
    table.row(&[
        day.into(),
        number.as_str().into(),
        name.as_str().into(),
        DEPARTMENTS[person % DEPARTMENTS.len()].into(),
        arrival.into(),
        (arrival + TimeDelta::seconds(30_000 + seconds * 3 % 997)).into(),
        Cell::Duration(500 + seconds % 37),
        (if seconds > 3000 { "late" } else { "present" }).into(),
        "Main entrance".into(),
        Cell::Number(0.9 + f64::from(u32::try_from(person)?) / 4000.0),
    ])?;
    Ok(())
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

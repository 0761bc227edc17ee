//! Writes one document of each kind to look at, into the folder given as the first argument.
//!
//! `cargo run -p documents --example gallery -- target/gallery`

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate, NaiveTime, TimeZone};
use documents::{Cell, Chart, Column, Day, Format, Kind, Layout, Options, Summary, Total, Writer};

/// People with names in many scripts.
const PEOPLE: [(&str, &str); 14] = [
    ("Barbara Liskov", "Engineering"),
    ("Müller-Lüdenscheidt, Karl-Friedrich Maximilian Freiherr von und zu Hohenstein", "Finance"),
    ("Ольга Владимировна Кузнецова", "Engineering"),
    ("Ελένη Παπαδοπούλου", "Sales"),
    ("محمد عبد الرحمن الفارسي", "Operations"),
    ("דוד בן־גוריון", "Operations"),
    ("सुनीता शर्मा", "Engineering"),
    ("สมชาย ใจดี", "Sales"),
    ("王小明", "Finance"),
    ("佐藤 さくら", "Engineering"),
    ("김민준", "Sales"),
    ("Nguyễn Thị Minh Khai", "Night shift, warehouse and loading bay north"),
    ("O'Brien, Seán", "Finance"),
    ("=HYPERLINK(\"http://example.org\")", "Sales"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/gallery".to_owned()));
    std::fs::create_dir_all(&folder)?;
    for format in [Format::Csv, Format::Xlsx, Format::Pdf] {
        attendance(&folder, format)?;
        monthly(&folder, format)?;
        audit(&folder, format)?;
    }
    println!("written to {}", folder.display());
    Ok(())
}

fn begin(
    folder: &Path,
    name: &str,
    format: Format,
    layout: Layout,
) -> Result<Writer<BufWriter<File>>, Box<dyn Error>> {
    let file = File::create(folder.join(format!("{name}.{}", format.extension())))?;
    let options = Options { csv_bom: true, ..Options::default() };
    Ok(Writer::begin(format, layout, &options, BufWriter::new(file))?)
}

fn layout(title: &str, subtitle: &str, filters: &[(&str, &str)], columns: Vec<Column>) -> Layout {
    let zone = chrono_tz::Europe::Berlin;
    Layout {
        title: title.to_owned(),
        subtitle: vec![subtitle.to_owned()],
        filters: filters.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect(),
        generated_at: zone.from_utc_datetime(&day(20).and_time(NaiveTime::MIN)),
        columns,
    }
}

/// The `n`th day of the example.
fn day(n: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 1).unwrap_or_default() + Days::new(n)
}

fn time(minutes: u32) -> NaiveTime {
    NaiveTime::from_num_seconds_from_midnight_opt(minutes % 1440 * 60 + 7, 0).unwrap_or_default()
}

/// Twelve columns, some hundred rows.
fn attendance(folder: &Path, format: Format) -> Result<(), Box<dyn Error>> {
    let columns = vec![
        Column::new("Date", Kind::Date),
        Column::new("Employee ID", Kind::Text).chars(11),
        Column::new("Name", Kind::Text).chars(28),
        Column::new("Department", Kind::Text),
        Column::new("Check-in", Kind::Time),
        Column::new("Check-out", Kind::Time),
        Column::new("Worked", Kind::Duration),
        Column::new("Status", Kind::Text).chars(9),
        Column::new("Camera", Kind::Text).chars(16),
        Column::new("Accuracy", Kind::Percent),
        Column::new("Source", Kind::Text).chars(9),
        Column::new("Note", Kind::Text).chars(24),
    ];
    let filters = [("From", "2026-11-02"), ("To", "2026-11-30"), ("Department", "all"), ("Status", "all")];
    let layout = layout("Attendance", "November 2026, Berlin plant", &filters, columns);
    let mut table = begin(folder, "attendance", format, layout)?;
    let mut days = Vec::new();
    for n in 1..=29 {
        let mut counted = Day { label: day(n).format("%-d %b").to_string(), present: 0, late: 0, missed: 0 };
        for (index, (name, department)) in (0u32..).zip(PEOPLE) {
            let row = n * 31 + u64::from(index) * 17;
            let late = row % 7 == 0;
            let missed = row % 23 == 0;
            *(if missed {
                &mut counted.missed
            } else if late {
                &mut counted.late
            } else {
                &mut counted.present
            }) += 1;
            let arrival = 470 + index * 3 + u32::try_from(row % 11)? + if late { 37 } else { 0 };
            let seen = |cell: Cell<'static>| if missed { Cell::Empty } else { cell };
            table.row(&[
                day(n).into(),
                format!("EMP-{:05}", 400 + index).into(),
                name.into(),
                department.into(),
                seen(time(arrival).into()),
                seen(time(arrival + 505).into()),
                seen(Cell::Duration(505)),
                (if missed {
                    "missed"
                } else if late {
                    "late"
                } else {
                    "present"
                })
                .into(),
                seen("Main entrance".into()),
                seen(Cell::Number(0.91 + f64::from(index) / 200.0)),
                seen("camera".into()),
                (if row % 29 == 0 {
                    "Doctor's appointment, told the shift leader the day before"
                } else {
                    ""
                })
                .into(),
            ])?;
        }
        days.push(counted);
    }
    let sum = |of: fn(&Day) -> u64| days.iter().map(of).sum::<u64>();
    let (present, late, missed) = (sum(|day| day.present), sum(|day| day.late), sum(|day| day.missed));
    let summary = Summary {
        totals: vec![
            Total::new("Logs", Kind::Integer, i64::try_from(present + late + missed)?),
            Total::new("Present", Kind::Integer, i64::try_from(present)?),
            Total::new("Late", Kind::Integer, i64::try_from(late)?),
            Total::new("Missed", Kind::Integer, i64::try_from(missed)?),
            Total::new("Attendance", Kind::Percent, 0.957),
            Total::new("Worked (hours)", Kind::Duration, Cell::Duration(505 * 400)),
        ],
        chart: Some(Chart::of_days("People per day", days)),
    };
    table.finish(&summary)?;
    Ok(())
}

/// Few columns: a page that stands upright.
fn monthly(folder: &Path, format: Format) -> Result<(), Box<dyn Error>> {
    let columns = vec![
        Column::new("Department", Kind::Text).chars(24),
        Column::new("People", Kind::Integer),
        Column::new("Present", Kind::Integer),
        Column::new("Late", Kind::Integer),
        Column::new("Missed", Kind::Integer),
        Column::new("Attendance", Kind::Percent),
        Column::new("Average check-in", Kind::Time),
    ];
    let title = "Departments, Отделы, Τμήματα, الأقسام, מחלקות, विभाग, แผนก, 部署";
    let mut table = begin(folder, "departments", format, layout(title, "November 2026", &[], columns))?;
    for (n, name) in (1u32..).zip(["Engineering", "Finance", "Operations", "Sales", "Склад", "倉庫"]) {
        table.row(&[
            name.into(),
            i64::from(n * 12).into(),
            i64::from(n * 250).into(),
            i64::from(n * 9).into(),
            i64::from(n).into(),
            Cell::Number(0.9 + f64::from(n) / 100.0),
            time(480 + n).into(),
        ])?;
    }
    let totals =
        vec![Total::new("People", Kind::Integer, 252), Total::new("Attendance", Kind::Percent, 0.943)];
    table.finish(&Summary { totals, chart: None })?;
    Ok(())
}

/// Long texts without a place to break.
fn audit(folder: &Path, format: Format) -> Result<(), Box<dyn Error>> {
    let columns = vec![
        Column::new("Time", Kind::DateTime),
        Column::new("Who", Kind::Text).chars(28),
        Column::new("Action", Kind::Text).chars(22),
        Column::new("What", Kind::Text).chars(30),
        Column::new("Details", Kind::Text).chars(60),
    ];
    let mut table = begin(folder, "audit", format, layout("Audit log", "21 November 2026", &[], columns))?;
    for n in 0..40u32 {
        let details = r#"{"old":{"confidence":0.85,"streamUrl":"rtsp://***@10.0.0.17:554/Streaming/Channels/101"},"new":{"confidence":0.9}}"#;
        let details = if n == 20 { details.repeat(60) } else { details.repeat((n % 3 + 1) as usize) };
        table.row(&[
            day(20).and_time(time(600 + n)).into(),
            format!("averyveryverylonglocalpart.{n}@subsidiary.example.com").into(),
            "cameras.update".into(),
            "CAM-01 Main entrance".into(),
            details.into(),
        ])?;
    }
    table.finish(&Summary::default())?;
    Ok(())
}

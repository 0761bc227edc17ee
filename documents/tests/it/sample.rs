//! A small table, and documents made of it.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use documents::{Cell, Chart, Column, Day, Format, Kind, Layout, Options, Summary, Total, Writer};

/// A layout with these columns.
pub fn layout(columns: Vec<Column>) -> Layout {
    let noon = day().and_hms_opt(12, 0, 0).unwrap();
    Layout {
        title: "Attendance & presence".to_owned(),
        subtitle: vec!["March 2026".to_owned()],
        filters: vec![("Department".to_owned(), "Sales".to_owned())],
        generated_at: chrono_tz::Europe::Berlin.from_utc_datetime(&noon),
        columns,
    }
}

/// A column of each kind.
pub fn columns() -> Vec<Column> {
    vec![
        Column::new("Name", Kind::Text),
        Column::new("Logs", Kind::Integer),
        Column::new("Distance", Kind::Decimal { places: 2 }),
        Column::new("Accuracy", Kind::Percent),
        Column::new("Date", Kind::Date),
        Column::new("Check-in", Kind::Time),
        Column::new("Seen", Kind::DateTime),
        Column::new("Worked", Kind::Duration),
    ]
}

/// A row for [`columns`].
pub fn row(name: &str) -> [Cell<'_>; 8] {
    [
        name.into(),
        Cell::Integer(1_234),
        Cell::Number(0.456),
        Cell::Number(0.935),
        day().into(),
        time().into(),
        seen().into(),
        Cell::Duration(27 * 60 + 5),
    ]
}

pub fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 9).unwrap()
}

pub fn time() -> NaiveTime {
    NaiveTime::from_hms_opt(8, 5, 30).unwrap()
}

pub fn seen() -> NaiveDateTime {
    day().and_time(time())
}

/// Two totals and a chart of three days.
pub fn summary() -> Summary {
    let days =
        (1..=3).map(|day| Day { label: format!("{day} Mar"), present: 10 * day, late: day, missed: 1 });
    Summary {
        totals: vec![
            Total::new("Present", Kind::Integer, 60),
            Total::new("Attendance", Kind::Percent, 0.957),
        ],
        chart: Some(Chart::of_days("People per day", days)),
    }
}

/// The whole document.
pub fn written<'a>(
    format: Format,
    layout: Layout,
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    summary: &Summary,
) -> Vec<u8> {
    let mut table = Writer::begin(format, layout, &Options::default(), Vec::new()).unwrap();
    for row in rows {
        table.row(&row).unwrap();
    }
    table.finish(summary).unwrap()
}

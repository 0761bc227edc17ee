//! One day: everybody who has a log of it, by department and name; the chart shows when people came.

use chrono::NaiveDate;
use chrono_tz::Tz;
use documents::{Bar, Cell, Chart, Column, Kind, Series, Summary, Tone};
use entity::{
    attendance_log::Filter,
    attendance_report::daily::{Query, Record, lines},
    attendance_statistics::{Grouping, statistics},
};
use sea_orm::DatabaseTransaction;

use super::{figures, word};
use crate::export::{
    sink::{Row, Sink},
    trouble::Trouble,
};

pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::new("Department", Kind::Text).chars(16),
        Column::new("Employee ID", Kind::Text).chars(12),
        Column::new("Name", Kind::Text).chars(24),
        Column::new("Status", Kind::Text).chars(8),
        Column::new("Time in", Kind::Time),
        Column::new("Time out", Kind::Time),
        Column::new("Worked", Kind::Duration),
        Column::new("Shift", Kind::Text).chars(12),
        Column::new("Camera", Kind::Text).chars(16),
        Column::new("Note", Kind::Text).chars(20),
    ]
}

pub(super) fn query(date: NaiveDate, department: Option<&str>) -> Query {
    Query { date, department: department.map(str::to_owned) }
}

pub(super) async fn read(
    db: &DatabaseTransaction,
    query: &Query,
    zone: Tz,
    sink: &mut Sink<'_, '_>,
) -> Result<Summary, Trouble> {
    let filter = Filter {
        date_from: Some(query.date),
        date_to: Some(query.date),
        department: query.department.clone(),
        ..Filter::default()
    };
    let hours = statistics(db, Grouping::Hour, &filter).await?;
    sink.expect(hours.totals.total.unsigned_abs()).await?;
    let sums = figures::records(db, lines(query, zone.name()), sink, row).await?;
    let bars = hours.buckets.iter().map(|hour| Bar {
        label: hour.key.clone(),
        values: vec![hour.counts.present.unsigned_abs(), hour.counts.late.unsigned_abs()],
    });
    let series = [("In time", Tone::Good), ("Late", Tone::Warning)];
    let series = series.map(|(name, tone)| Series { name: name.to_owned(), tone }).to_vec();
    let chart = Chart { title: "Arrivals by hour".to_owned(), series, bars: bars.collect() };
    Ok(Summary { totals: figures::totals(&sums), chart: Some(chart) })
}

fn row(person: Record) -> Row {
    let worked = person.time_out.map(|_| Cell::Duration(person.worked_minutes));
    vec![
        person.department.into(),
        person.employee_id.into(),
        person.name.into(),
        word(&person.status).into(),
        person.time_in.into(),
        person.time_out.into(),
        worked.unwrap_or(Cell::Empty),
        person.shift.into(),
        person.camera_name.into(),
        person.note.into(),
    ]
}

//! One person: where they were seen, when they came and left, in order of time. After a night shift the check-out is on the day after
//! the one that it counts for, so both days stand in a row.

use attendance::day;
use chrono::NaiveDate;
use chrono_tz::Tz;
use documents::{Cell, Column, Kind, Summary, Total};
use entity::person_history::{Event, EventKind, Query, events};
use futures_util::TryStreamExt as _;
use sea_orm::DatabaseTransaction;

use super::word;
use crate::export::{
    sink::{Row, Sink},
    trouble::Trouble,
};

pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::new("Day", Kind::Date),
        Column::new("Time", Kind::Time),
        Column::new("Event", Kind::Text).chars(10),
        Column::new("Name", Kind::Text).chars(24),
        Column::new("Camera", Kind::Text).chars(18),
        Column::new("Confidence", Kind::Decimal { places: 1 }),
        Column::new("Status", Kind::Text).chars(11),
        Column::new("Counts for", Kind::Date),
    ]
}

pub(super) fn query(
    employee_id: &str,
    (first, last): (NaiveDate, NaiveDate),
    camera_id: Option<&str>,
    zone: Tz,
) -> Query {
    Query {
        employee_id: employee_id.to_owned(),
        first,
        last,
        from: day::start(first, zone),
        until: day::end(last, zone),
        camera_id: camera_id.map(str::to_owned),
    }
}

pub(super) async fn read(
    db: &DatabaseTransaction,
    query: &Query,
    zone: Tz,
    sink: &mut Sink<'_, '_>,
) -> Result<Summary, Trouble> {
    let (mut seen, mut days, mut missed) = (0_i64, 0_i64, 0_i64);
    let mut found = events(query).stream(db).await?;
    while let Some(event) = found.try_next().await? {
        match event.kind {
            EventKind::Seen => seen += 1,
            EventKind::CheckIn => days += 1,
            EventKind::CheckOut => {}
            EventKind::Missed => missed += 1,
        }
        sink.push(row(event, zone)).await?;
    }
    let totals = vec![
        Total::new("Days attended", Kind::Integer, days),
        Total::new("Days missed", Kind::Integer, missed),
        Total::new("Sightings", Kind::Integer, seen),
    ];
    Ok(Summary { totals, chart: None })
}

fn row(event: Event, zone: Tz) -> Row {
    let local = event.at.with_timezone(&zone).naive_local();
    let happened = event.kind != EventKind::Missed;
    let status: String = event.status;
    vec![
        event.date.filter(|_| !happened).unwrap_or(local.date()).into(),
        if happened { local.time().into() } else { Cell::Empty },
        word(&event.kind).into(),
        event.name.into(),
        event.camera.into(),
        event.confidence.into(),
        capitalised(&status).into(),
        event.date.into(),
    ]
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

//! What the reports on attendance share: the columns of their figures, the totals, and the chart of the days.

use chrono::NaiveDate;
use documents::{Cell, Chart, Column, Day, Kind, Summary, Total};
use entity::{
    attendance_log::Filter,
    attendance_report::Sums,
    attendance_statistics::{Grouping, Statistics, statistics},
};
use sea_orm::{ConnectionTrait, DbErr};

use crate::export::sink::Row;

pub(super) const PEOPLE_PER_DAY: &str = "People per day";

/// The columns of [`cells`].
pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::new("Present", Kind::Integer),
        Column::new("Late", Kind::Integer),
        Column::new("Missed", Kind::Integer),
        Column::new("Days", Kind::Integer),
        Column::new("Rate", Kind::Percent),
        Column::new("Worked", Kind::Duration),
        Column::new("Mean time in", Kind::Time),
        Column::new("Mean time out", Kind::Time),
    ]
}

pub(super) fn cells(sums: &Sums) -> Row {
    vec![
        sums.present.into(),
        sums.late.into(),
        sums.missed.into(),
        sums.total.into(),
        share(sums),
        Cell::Duration(sums.worked_minutes),
        sums.average_time_in.into(),
        sums.average_time_out.into(),
    ]
}

/// The same as totals, in words.
pub(super) fn totals(sums: &Sums) -> Vec<Total> {
    vec![
        Total::new("People", Kind::Integer, sums.people),
        Total::new("Present", Kind::Integer, sums.present),
        Total::new("Late", Kind::Integer, sums.late),
        Total::new("Missed", Kind::Integer, sums.missed),
        Total::new("Attendance rate", Kind::Percent, share(sums)),
        Total::new("Worked", Kind::Duration, Cell::Duration(sums.worked_minutes)),
        Total::new("Mean time in", Kind::Time, Cell::from(sums.average_time_in)),
        Total::new("Mean time out", Kind::Time, Cell::from(sums.average_time_out)),
    ]
}

/// A percentage as the share of one that documents take.
fn share(sums: &Sums) -> Cell<'static> {
    sums.rate.map(|percent| percent / 100.0).into()
}

/// Totals, and the chart of the days from `first` to `last`.
pub(super) async fn summary(
    db: &impl ConnectionTrait,
    sums: &Sums,
    (first, last): (NaiveDate, NaiveDate),
    department: Option<&str>,
) -> Result<Summary, DbErr> {
    let filter = Filter {
        date_from: Some(first),
        date_to: Some(last),
        department: department.map(str::to_owned),
        ..Filter::default()
    };
    let counted = statistics(db, Grouping::Day, &filter).await?;
    let chart = Chart::of_days(PEOPLE_PER_DAY, days(&counted));
    Ok(Summary { totals: totals(sums), chart: Some(chart) })
}

/// The bars of a chart: a bucket's key is its day.
pub(super) fn days(counted: &Statistics) -> impl Iterator<Item = Day> {
    counted.buckets.iter().map(|bucket| Day {
        label: bucket.key.parse().map_or_else(|_| bucket.key.clone(), short),
        present: bucket.counts.present.unsigned_abs(),
        late: bucket.counts.late.unsigned_abs(),
        missed: bucket.counts.missed.unsigned_abs(),
    })
}

fn short(day: NaiveDate) -> String {
    day.format("%-d %b").to_string()
}

//! What the reports on attendance share: the columns of their figures, the totals, and the chart of the days.

use chrono::{Months, NaiveDate};
use documents::{Cell, Chart, Column, Day, Kind, Summary, Total};
use entity::{
    attendance_log::Filter,
    attendance_report::{Line, Lines, Sums},
    attendance_statistics::{Bucket, Grouping, Statistics, statistics},
};
use futures_util::TryStreamExt as _;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

use crate::export::{
    sink::{Row, Sink},
    trouble::Trouble,
};

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

/// Puts the records of a report into a document, and answers what they come to.
pub(super) async fn records<R: FromQueryResult + Send + Sync>(
    db: &DatabaseTransaction,
    lines: Lines<R>,
    sink: &mut Sink<'_, '_>,
    row: impl Fn(R) -> Row,
) -> Result<Sums, Trouble> {
    let mut sums = Sums::default();
    let mut found = lines.stream(db).await?;
    while let Some(line) = found.try_next().await? {
        match line {
            Line::Record(record) => sink.push(row(record)).await?,
            Line::Summary(all) => sums = all,
        }
    }
    Ok(sums)
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

/// The bars of a chart: a bucket's key is its day. Where a day of the year comes twice, labels tell the year.
pub(super) fn days(counted: &Statistics) -> impl Iterator<Item = Day> {
    let day = |bucket: Option<&Bucket>| bucket.and_then(|bucket| bucket.key.parse::<NaiveDate>().ok());
    let (first, last) = (day(counted.buckets.first()), day(counted.buckets.last()));
    let anniversary = first.and_then(|first| first.checked_add_months(Months::new(12)));
    let form =
        if anniversary.zip(last).is_some_and(|(next, last)| next <= last) { "%-d %b %Y" } else { "%-d %b" };
    counted.buckets.iter().map(move |bucket| Day {
        label: day(Some(bucket)).map_or_else(|| bucket.key.clone(), |day| day.format(form).to_string()),
        present: bucket.counts.present.unsigned_abs(),
        late: bucket.counts.late.unsigned_abs(),
        missed: bucket.counts.missed.unsigned_abs(),
    })
}

#[cfg(test)]
mod tests {
    use entity::attendance_statistics::Counts;

    use super::*;

    fn labels(keys: [&str; 2]) -> Vec<String> {
        let bucket =
            |key: &str| Bucket { key: key.to_owned(), label: key.to_owned(), counts: Counts::default() };
        let counted = Statistics { buckets: keys.map(bucket).to_vec(), totals: Counts::default() };
        days(&counted).map(|day| day.label).collect()
    }

    #[test]
    fn labels_tell_the_year_where_a_day_of_the_year_comes_twice() {
        assert_eq!(labels(["2025-02-01", "2026-01-31"]), ["1 Feb", "31 Jan"]);
        assert_eq!(labels(["2025-02-01", "2026-02-01"]), ["1 Feb 2025", "1 Feb 2026"]);
    }
}

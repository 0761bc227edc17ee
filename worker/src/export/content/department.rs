//! Departments over a stretch of days: how many people each has, and what their days come to.

use chrono::NaiveDate;
use chrono_tz::Tz;
use documents::{Column, Kind, Summary};
use entity::attendance_report::department::{Query, Record, lines};
use sea_orm::DatabaseTransaction;

use super::figures;
use crate::export::{
    sink::{Row, Sink},
    trouble::Trouble,
};

pub(super) fn columns() -> Vec<Column> {
    let mut columns =
        vec![Column::new("Department", Kind::Text).chars(20), Column::new("People", Kind::Integer)];
    columns.extend(figures::columns());
    columns
}

pub(super) fn query(first: NaiveDate, last: NaiveDate, department: Option<&str>) -> Query {
    Query { first, last, department: department.map(str::to_owned) }
}

pub(super) async fn read(
    db: &DatabaseTransaction,
    query: &Query,
    zone: Tz,
    sink: &mut Sink<'_, '_>,
) -> Result<Summary, Trouble> {
    let sums = figures::records(db, lines(query, zone.name()), sink, row).await?;
    Ok(figures::summary(db, &sums, (query.first, query.last), query.department.as_deref()).await?)
}

fn row(department: Record) -> Row {
    let name = department.department.unwrap_or_else(|| "No department".to_owned());
    let mut row: Row = vec![name.into(), department.sums.people.into()];
    row.extend(figures::cells(&department.sums));
    row
}

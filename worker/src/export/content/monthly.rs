//! One month: the sums of everybody who has a log in it or is enrolled, by department and name.

use chrono_tz::Tz;
use documents::{Column, Kind, Summary};
use entity::attendance_report::monthly::{Query, Record, lines};
use sea_orm::{DatabaseTransaction, DbErr};

use super::figures;
use crate::export::{
    sink::{Row, Sink},
    trouble::Trouble,
};

pub(super) fn columns() -> Vec<Column> {
    let mut columns = vec![
        Column::new("Department", Kind::Text).chars(16),
        Column::new("Employee ID", Kind::Text).chars(12),
        Column::new("Name", Kind::Text).chars(24),
    ];
    columns.extend(figures::columns());
    columns
}

/// The month was checked when the report was asked for.
pub(super) fn query(year: i32, month: u32, department: Option<&str>) -> Result<Query, DbErr> {
    Query::of(year, month, department.map(str::to_owned))
        .ok_or_else(|| DbErr::Custom(format!("there is no month {year}-{month}")))
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

fn row(person: Record) -> Row {
    let mut row: Row = vec![person.department.into(), person.employee_id.into(), person.name.into()];
    row.extend(figures::cells(&person.sums));
    row
}

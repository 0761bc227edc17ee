//! Attendance logs, a line a person and day, as the list of them is filtered. A CSV of them, which may be long, takes a shorter way
//! than the other documents: the database copies its values out, and the document's thread reads them where they lie.

use std::io::Write;

use bytes::Bytes;
use documents::{Cell, Chart, Column, Kind, Summary, Total, Writer};
use entity::{
    attendance_log::{self, CopiedLog, Filter, Model},
    attendance_statistics::{Grouping, Statistics, statistics},
};
use futures_util::TryStreamExt as _;
use sea_orm::{DatabaseConnection, DatabaseTransaction};

use super::{capitalised, figures, word};
use crate::export::{
    sink::{BATCH, Row, Sink},
    trouble::Trouble,
};

/// The columns of [`row`] and [`copied_row`].
pub(in crate::export) fn columns() -> Vec<Column> {
    vec![
        Column::new("Date", Kind::Date),
        Column::new("Employee ID", Kind::Text).chars(12),
        Column::new("Name", Kind::Text).chars(24),
        Column::new("Department", Kind::Text).chars(16),
        Column::new("Status", Kind::Text).chars(8),
        Column::new("Time in", Kind::Time),
        Column::new("Time out", Kind::Time),
        Column::new("Worked", Kind::Duration),
        Column::new("Camera", Kind::Text).chars(16),
        Column::new("Accuracy", Kind::Decimal { places: 1 }),
        Column::new("Source", Kind::Text).chars(8),
        Column::new("Odoo", Kind::Text).chars(8),
        Column::new("Note", Kind::Text).chars(20),
        Column::new("Log ID", Kind::Text).chars(18),
    ]
}

pub(super) async fn read(
    db: &DatabaseTransaction,
    filter: &Filter,
    sink: &mut Sink<'_, '_>,
) -> Result<Summary, Trouble> {
    let counted = statistics(db, Grouping::Day, filter).await?;
    sink.expect(counted.totals.total.unsigned_abs()).await?;
    let mut worked = 0;
    let mut logs = attendance_log::oldest_first(filter).stream(db).await?;
    while let Some(log) = logs.try_next().await? {
        worked += log.worked_minutes().unwrap_or(0);
        sink.push(row(log)).await?;
    }
    Ok(summary(&counted, worked))
}

fn row(log: Model) -> Row {
    let worked = log.worked_minutes();
    vec![
        log.date.into(),
        log.employee_id.into(),
        log.name.into(),
        log.department.into(),
        word(&log.status).into(),
        log.time_in.into(),
        log.time_out.into(),
        worked.map_or(Cell::Empty, Cell::Duration),
        log.camera_name.or(log.camera_id).into(),
        log.accuracy.into(),
        word(&log.source).into(),
        word(&log.odoo_status).into(),
        log.note.into(),
        log.id.into(),
    ]
}

/// Passes the logs on as the database copies them.
pub(super) async fn copy(
    db: &DatabaseConnection,
    filter: &Filter,
    mut sink: Sink<'_, '_>,
) -> Result<(), Trouble> {
    sink.expect(attendance_log::count(db, filter).await?).await?;
    let mut connection = db.get_postgres_connection_pool().acquire().await?;
    // A copy can only be ended early with its connection: were it given back, somebody else would read the rest first.
    connection.close_on_drop();
    let logs = connection.copy_out_raw(&attendance_log::copy_statement(filter)).await?;
    let mut batches = logs.try_chunks(BATCH);
    while let Some(batch) = batches.try_next().await.map_err(|error| error.1)? {
        sink.pass_copied(batch).await?;
    }
    sink.end(Summary::default()).await
}

/// Writes logs that were copied.
pub(in crate::export) fn write_copied<W: Write + Send>(
    logs: &[Bytes],
    writer: &mut Writer<W>,
) -> Result<(), Trouble> {
    for message in logs {
        if let Some(log) = CopiedLog::read(message)? {
            writer.row(&copied_row(&log))?;
        }
    }
    Ok(())
}

fn copied_row<'a>(log: &CopiedLog<'a>) -> [Cell<'a>; 14] {
    [
        log.date.into(),
        log.employee_id.into(),
        log.name.into(),
        log.department.into(),
        capitalised(log.status).into(),
        log.time_in.into(),
        log.time_out.into(),
        log.worked_minutes.map_or(Cell::Empty, Cell::Duration),
        log.camera.into(),
        log.accuracy.into(),
        capitalised(log.source).into(),
        capitalised(log.odoo_status).into(),
        log.note.into(),
        log.id.into(),
    ]
}

fn summary(counted: &Statistics, worked: i64) -> Summary {
    let totals = &counted.totals;
    Summary {
        totals: vec![
            Total::new("Logs", Kind::Integer, totals.total),
            Total::new("People", Kind::Integer, totals.unique_people),
            Total::new("Present", Kind::Integer, totals.present),
            Total::new("Late", Kind::Integer, totals.late),
            Total::new("Missed", Kind::Integer, totals.missed),
            Total::new("Worked", Kind::Duration, Cell::Duration(worked)),
        ],
        chart: Some(Chart::of_days(figures::PEOPLE_PER_DAY, figures::days(counted))),
    }
}

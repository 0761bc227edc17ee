//! Attendance logs as a file holds them: everything that a list's filter shows, oldest day first. Those of a CSV are copied out of
//! the database, since nothing is faster than `COPY`.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::PostgresQueryBuilder;
use sea_orm::{QueryOrder, QuerySelect, QueryTrait};

use super::{Column, Entity, Filter, list};
use crate::binary_copy::{CopyError, Fields};

const MICROSECONDS_PER_MINUTE: i64 = 60_000_000;

/// The logs of a filter, oldest day first, to be streamed.
#[must_use]
pub fn oldest_first(filter: &Filter) -> Select<Entity> {
    list::filtered(filter).order_by_asc(Column::Date).order_by_asc(Column::Id)
}

/// How many logs a filter shows.
///
/// # Errors
/// The database is out of reach.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, DbErr> {
    list::filtered(filter).count(db).await
}

/// What is copied of a log, in the order in which [`CopiedLog::read`] reads it.
const COPIED: [Column; 16] = [
    Column::Date,
    Column::EmployeeId,
    Column::Name,
    Column::Department,
    Column::Status,
    Column::TimeIn,
    Column::TimeOut,
    Column::CheckInAt,
    Column::CheckOutAt,
    Column::CameraId,
    Column::CameraName,
    Column::Accuracy,
    Column::Source,
    Column::OdooStatus,
    Column::Note,
    Column::Id,
];

/// The statement that copies the logs of a filter out of the database, one a message, for [`CopiedLog::read`]. `COPY` takes no
/// parameters, so the filter's values are written into it as literals, by the same builder that writes every other query.
#[must_use]
pub fn copy_statement(filter: &Filter) -> String {
    let select = oldest_first(filter).select_only().columns(COPIED);
    format!("COPY ({}) TO STDOUT WITH (FORMAT binary)", select.as_query().to_string(PostgresQueryBuilder))
}

/// A log as it is copied, in its message.
#[derive(Debug, PartialEq)]
pub struct CopiedLog<'a> {
    /// Day of the site.
    pub date: Date,
    /// Person.
    pub employee_id: &'a str,
    /// Name at that time.
    pub name: &'a str,
    /// Name of the department at that time.
    pub department: Option<&'a str>,
    /// The [`Status`](super::Status), as it is stored.
    pub status: &'a str,
    /// First sighting, time of day of the site.
    pub time_in: Option<Time>,
    /// Last sighting that counts, time of day of the site.
    pub time_out: Option<Time>,
    /// As [`Model::worked_minutes`](super::Model::worked_minutes).
    pub worked_minutes: Option<i64>,
    /// Name of the first sighting's camera at that time, or its id.
    pub camera: Option<&'a str>,
    /// Confidence of the first sighting, 0 to 100.
    pub accuracy: Option<f64>,
    /// The [`Source`](super::Source), as it is stored.
    pub source: &'a str,
    /// The [`OdooStatus`](super::OdooStatus), as it is stored.
    pub odoo_status: &'a str,
    /// Free text.
    pub note: Option<&'a str>,
    /// Key.
    pub id: &'a str,
}

impl<'a> CopiedLog<'a> {
    /// The log in a message of [`copy_statement`]; nothing for the message that ends the copy.
    ///
    /// # Errors
    /// The message holds something else.
    pub fn read(message: &'a [u8]) -> Result<Option<Self>, CopyError> {
        let Some(mut fields) = Fields::of_message(message, COPIED.len())? else { return Ok(None) };
        // Values are read in the order in which they are written here.
        Ok(Some(Self {
            date: fields.date()?,
            employee_id: fields.text()?,
            name: fields.text()?,
            department: fields.optional_text()?,
            status: fields.text()?,
            time_in: fields.optional_time()?,
            time_out: fields.optional_time()?,
            worked_minutes: minutes(fields.optional_instant()?, fields.optional_instant()?),
            camera: {
                let id = fields.optional_text()?;
                fields.optional_text()?.or(id)
            },
            accuracy: fields.optional_float()?,
            source: fields.text()?,
            odoo_status: fields.text()?,
            note: fields.optional_text()?,
            id: fields.text()?,
        }))
    }
}

/// Whole minutes between two instants in microseconds, while both are known.
fn minutes(from: Option<i64>, to: Option<i64>) -> Option<i64> {
    Some(to?.saturating_sub(from?).div_euclid(MICROSECONDS_PER_MINUTE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_cannot_leave_its_literal() {
        let hostile = r"x'; DROP TABLE users; -- \' $1 %";
        let filter = Filter {
            department: Some(hostile.to_owned()),
            search: Some(hostile.to_owned()),
            ..Filter::default()
        };
        let statement = copy_statement(&filter);
        assert!(statement.contains(r"E'x\'; DROP TABLE users; -- \\\' $1 %'"), "{statement}");
    }
}

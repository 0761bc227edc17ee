//! One person's attendance: their days, and when they were last marked.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, FromQueryResult, QueryOrder, raw_sql};

use super::{Column, Entity, Model, Status};
use crate::page::{self, Page, Paged};

/// One page of a person's logs of the days from `first` to `last`, both included and open where absent; newest first.
///
/// # Errors
/// The database is out of reach.
pub async fn history(
    db: &impl ConnectionTrait,
    employee_id: &str,
    first: Option<Date>,
    last: Option<Date>,
    page: Page,
) -> Result<Paged<Model>, DbErr> {
    let days = Condition::all()
        .add(Column::EmployeeId.eq(employee_id))
        .add_option(first.map(|day| Column::Date.gte(day)))
        .add_option(last.map(|day| Column::Date.lte(day)));
    let filtered = Entity::find().filter(days);
    // A person has one log a day: the day alone orders them.
    let ordered = filtered.clone().order_by_desc(Column::Date);
    page::paged(db, filtered, ordered, page).await
}

/// When somebody came last.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct LastMark {
    /// In time or late; nothing for somebody who is enrolled and never came.
    pub status: Option<Status>,
    /// Their check-in.
    pub timestamp: Option<DateTimeUtc>,
    /// Day of the site that it counts for.
    pub date: Option<Date>,
}

/// A person's newest log that has a check-in; `None` where nobody of this id was ever enrolled or marked.
///
/// # Errors
/// The database is out of reach.
pub async fn last_mark(db: &impl ConnectionTrait, employee_id: &str) -> Result<Option<LastMark>, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"SELECT mark.status, mark.check_in_at AS timestamp, mark.date
           FROM (SELECT) AS always LEFT JOIN (
               SELECT status, check_in_at, date FROM attendance_logs
               WHERE employee_id = {employee_id} AND check_in_at IS NOT NULL
               ORDER BY date DESC LIMIT 1) AS mark ON true
           WHERE mark.date IS NOT NULL OR EXISTS (SELECT FROM face_profiles WHERE employee_id = {employee_id})"#
    );
    LastMark::find_by_statement(statement).one(db).await
}

//! Marking people: opening the log of a day and moving its end. Workers that see one person at once all come here, so each
//! step is one statement whose outcome tells who was first.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QuerySelect, raw_sql};

use super::{ActiveModel, Column, Entity, Model};
use crate::{id_counter, insert};

/// The log of a person's day, and whether it is new.
#[derive(Clone, Debug, PartialEq)]
pub enum Opened {
    /// It was opened by this call.
    New(Model),
    /// It was there; its row is locked until the transaction ends, so that what follows from reading it holds.
    Existing(Model),
}

/// A sighting that ends a day so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// When it was.
    pub at: DateTimeUtc,
    /// The same, as time of day of the site.
    pub time: Time,
    /// Whether it closes the log (an exit camera, or the day's end), so that a synced one is sent again.
    pub closes: bool,
}

/// The next `ATT-YYYYMMDD-NNN` of a day; given out once only, whatever becomes of the log.
///
/// Call it on the pool before the transaction begins, and only where [`find_of_day`] found nothing: the counter's row stays
/// locked until the caller's transaction ends.
///
/// # Errors
/// The database is out of reach.
pub async fn next_id(db: &impl ConnectionTrait, date: Date) -> Result<String, DbErr> {
    let scope = format!("ATT-{}", date.format("%Y%m%d"));
    let number = id_counter::next(db, &scope).await?;
    Ok(format!("{scope}-{number:03}"))
}

/// The log of a person's day, if it is open.
///
/// # Errors
/// The database is out of reach.
pub async fn find_of_day(
    db: &impl ConnectionTrait,
    employee_id: &str,
    date: Date,
) -> Result<Option<Model>, DbErr> {
    of_day(employee_id, date).one(db).await
}

/// The logs of some of a person's days, in no order; days without one are left out.
///
/// # Errors
/// The database is out of reach.
pub async fn find_of_days(
    db: &impl ConnectionTrait,
    employee_id: &str,
    dates: impl IntoIterator<Item = Date>,
) -> Result<Vec<Model>, DbErr> {
    let of_person = Entity::find().filter(Column::EmployeeId.eq(employee_id));
    of_person.filter(Column::Date.is_in(dates)).all(db).await
}

fn of_day(employee_id: &str, date: Date) -> Select<Entity> {
    Entity::find().filter(Column::EmployeeId.eq(employee_id)).filter(Column::Date.eq(date))
}

/// Opens the log of a person's day, unless there is one. Two workers that see the person at once make one row: the second waits
/// for the first and is handed its row. `row` has its id from [`next_id`].
///
/// # Errors
/// The database is out of reach or refuses a value.
pub async fn open(
    db: &impl ConnectionTrait,
    employee_id: &str,
    date: Date,
    row: ActiveModel,
) -> Result<Opened, DbErr> {
    let row = ActiveModel { employee_id: Set(employee_id.to_owned()), date: Set(date), ..row };
    if let Some(log) = insert::unless_taken(db, row).await? {
        return Ok(Opened::New(log));
    }
    let existing = of_day(employee_id, date).lock_exclusive().one(db).await?;
    existing.map(Opened::Existing).ok_or_else(|| {
        DbErr::RecordNotFound(format!("the log of {employee_id} on {date} was deleted meanwhile"))
    })
}

/// Moves the end of a log forward, never back; `None` when a later end is known, or there is no such log.
///
/// # Errors
/// The database is out of reach.
pub async fn move_time_out(
    db: &impl ConnectionTrait,
    id: &str,
    sighting: Sighting,
) -> Result<Option<Model>, DbErr> {
    let Sighting { at, time, closes } = sighting;
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE attendance_logs
           SET check_out_at = {at}, time_out = {time},
               odoo_status = CASE WHEN {closes} AND odoo_status = 'synced' THEN 'pending' ELSE odoo_status END
           WHERE id = {id} AND coalesce(check_out_at, check_in_at, {at}) <= {at}
             AND check_out_at IS DISTINCT FROM {at}
           RETURNING *"#
    );
    Entity::find().from_raw_sql(statement).one(db).await
}

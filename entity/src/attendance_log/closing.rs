//! The close of a day, for many people in a statement: ending open logs, and noting who was expected and did not come.

use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, QueryOrder, QuerySelect, raw_sql};

use super::{Column, Entity, Model, OdooStatus};
use crate::{face_profile, id_counter};

/// The end of an open log.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckOut {
    /// The log.
    pub id: String,
    /// When the person was last seen.
    pub at: DateTimeUtc,
    /// The same, as time of day of the site.
    pub time: Time,
    /// Where the log stands with Odoo now.
    pub odoo_status: OdooStatus,
}

/// The open logs of a day, by employee id, after the one of `after`.
///
/// # Errors
/// The database is out of reach.
pub async fn open_logs(
    db: &impl ConnectionTrait,
    date: Date,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let open = Entity::find()
        .filter(Column::Date.eq(date))
        .filter(Column::CheckInAt.is_not_null())
        .filter(Column::CheckOutAt.is_null());
    let rest = open.filter(Column::EmployeeId.gt(after.unwrap_or_default()));
    rest.order_by_asc(Column::EmployeeId).limit(limit).all(db).await
}

/// Ends logs that are open still, and answers how many.
///
/// # Errors
/// The database is out of reach.
pub async fn check_out(db: &impl ConnectionTrait, ends: &[CheckOut]) -> Result<u64, DbErr> {
    let ids: Vec<_> = ends.iter().map(|end| end.id.clone()).collect();
    let instants: Vec<_> = ends.iter().map(|end| end.at).collect();
    let times: Vec<_> = ends.iter().map(|end| end.time).collect();
    let states: Vec<_> = ends.iter().map(|end| end.odoo_status.to_value()).collect();
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE attendance_logs AS log
           SET check_out_at = ended.at, time_out = ended.time, odoo_status = ended.odoo_status
           FROM unnest({ids}::text[], {instants}::timestamptz[], {times}::time[], {states}::text[])
                AS ended (id, at, time, odoo_status)
           WHERE log.id = ended.id AND log.check_out_at IS NULL"#
    );
    Ok(db.execute_raw(statement).await?.rows_affected())
}

/// Active people who have no log of a day, by employee id, after `after`.
///
/// # Errors
/// The database is out of reach.
pub async fn without_log(
    db: &impl ConnectionTrait,
    date: Date,
    after: &str,
    limit: i64,
) -> Result<Vec<face_profile::Model>, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"SELECT person.* FROM face_profiles AS person
           WHERE person.status = 'active' AND person.employee_id > {after}
             AND NOT EXISTS (
                 SELECT FROM attendance_logs AS log WHERE log.employee_id = person.employee_id AND log.date = {date})
           ORDER BY person.employee_id LIMIT {limit}"#
    );
    face_profile::Entity::find().from_raw_sql(statement).all(db).await
}

#[derive(FromQueryResult)]
struct Made {
    made: i64,
}

/// Notes that these people, each with the shift that expected them, did not come, and answers how many that were: whoever has
/// a log by now is left out. Their ids are taken from the day's counter in one step.
///
/// # Errors
/// The database is out of reach.
pub async fn mark_missed(
    db: &impl ConnectionTrait,
    date: Date,
    missing: &[(face_profile::Model, String)],
) -> Result<u64, DbErr> {
    if missing.is_empty() {
        return Ok(0);
    }
    let scope = format!("ATT-{}", date.format("%Y%m%d"));
    let count = i64::try_from(missing.len()).unwrap_or(i64::MAX);
    let before = id_counter::take(db, &scope, count).await? - count;
    let employees: Vec<_> = missing.iter().map(|(person, _)| person.employee_id.clone()).collect();
    let names: Vec<_> = missing.iter().map(|(person, _)| person.name.clone()).collect();
    // An array of texts holds no NULL here: an empty text stands for none.
    let departments: Vec<_> =
        missing.iter().map(|(person, _)| person.department.clone().unwrap_or_default()).collect();
    let shifts: Vec<_> = missing.iter().map(|(_, shift)| shift.clone()).collect();
    let statement = raw_sql!(
        Postgres,
        r#"WITH made AS (
               INSERT INTO attendance_logs (id, employee_id, name, department, date, shift_id, status, source, odoo_status)
               SELECT {scope} || '-' || CASE WHEN {before} + n < 1000 THEN lpad(({before} + n)::text, 3, '0')
                                             ELSE ({before} + n)::text END,
                      employee_id, missing.name, nullif(missing.department, ''), {date},
                      (SELECT id FROM shift_schedules WHERE id = missing.shift_id), 'missed', 'camera', 'skipped'
               FROM unnest({employees}::text[], {names}::text[], {departments}::text[], {shifts}::text[])
                    WITH ORDINALITY AS missing (employee_id, name, department, shift_id, n)
               ON CONFLICT (employee_id, date) DO NOTHING RETURNING 1)
           SELECT count(*) AS made FROM made"#
    );
    let answer = Made::find_by_statement(statement).one(db).await?;
    Ok(answer.map_or(0, |answer| answer.made.unsigned_abs()))
}

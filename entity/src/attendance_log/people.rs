//! Many people's days at once, for whoever recomputes or closes a whole day.

use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};

use super::{Column, Entity, Model};

#[derive(FromQueryResult)]
struct Person {
    employee_id: String,
}

/// The logs of these people from `first` to `last`, both included, in no order.
///
/// # Errors
/// The database is out of reach.
pub async fn find_of_people(
    db: &impl ConnectionTrait,
    employee_ids: &[String],
    first: Date,
    last: Date,
) -> Result<Vec<Model>, DbErr> {
    let of_people = Entity::find().filter(Column::EmployeeId.eq_any(employee_ids.to_vec()));
    of_people.filter(Column::Date.between(first, last)).all(db).await
}

/// Everybody who may have come on `date`: who has a log that says so, and who was seen from `from` on and before `until`. By
/// employee id.
///
/// # Errors
/// The database is out of reach.
pub async fn attending(
    db: &impl ConnectionTrait,
    date: Date,
    from: DateTimeUtc,
    until: DateTimeUtc,
) -> Result<Vec<String>, DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"SELECT employee_id FROM attendance_logs WHERE date = {date} AND status <> 'missed'
           UNION
           SELECT person_id FROM detections
           WHERE timestamp >= {from} AND timestamp < {until} AND status = 'authorized' AND person_id IS NOT NULL
           ORDER BY 1"#
    );
    let people = Person::find_by_statement(statement).all(db).await?;
    Ok(people.into_iter().map(|person| person.employee_id).collect())
}

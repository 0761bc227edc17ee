//! Where each person is now: one row a person, overwritten by newer sightings (see [`look`](crate::look)).

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ActiveValue::Set, Condition, QueryOrder, QuerySelect, raw_sql};
use serde::{Deserialize, Serialize};

use crate::department;
use crate::key::uuid_v7_key;

/// Where somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// In the house.
    OnSite,
    /// Gone, or not seen for a while.
    OffSite,
    /// Working elsewhere.
    Remote,
}

/// One person's whereabouts.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "attendance_records")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Employee id.
    pub person_id: String,
    /// Name.
    pub name: String,
    /// Name of the role.
    pub role: Option<String>,
    /// Name of the department.
    pub department: Option<String>,
    /// Where they are.
    pub status: Status,
    /// Confidence of the sighting, 0 to 100.
    pub accuracy: Option<f64>,
    /// Last sighting.
    pub timestamp: DateTimeUtc,
    /// Camera of it.
    pub camera_id: Option<String>,
    /// Its name.
    pub camera_name: Option<String>,
    /// Object storage key of the face.
    pub thumbnail_key: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

uuid_v7_key!();

/// Which records a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// People who are here, or gone.
    pub status: Option<Status>,
    /// People of this department, by its name, whatever the case.
    pub department: Option<String>,
}

/// The newest records, newest first.
///
/// # Errors
/// The database is out of reach.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, limit: u64) -> Result<Vec<Model>, DbErr> {
    let condition = Condition::all()
        .add_option(filter.status.map(|status| Column::Status.eq(status)))
        .add_option(filter.department.as_deref().map(department::is));
    Entity::find()
        .filter(condition)
        .order_by_desc(Column::Timestamp)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Marks people who were not seen since `before` as gone, and answers how many.
///
/// # Errors
/// The database is out of reach.
pub async fn expire(db: &impl ConnectionTrait, before: DateTimeUtc) -> Result<u64, DbErr> {
    let result = Entity::update_many()
        .set(ActiveModel { status: Set(Status::OffSite), ..Default::default() })
        .filter(Column::Status.eq(Status::OnSite).and(Column::Timestamp.lt(before)))
        .exec(db)
        .await?;
    Ok(result.rows_affected)
}

/// Marks somebody as gone who was last seen since `since`, unless they came again after the day `date`.
///
/// # Errors
/// The database is out of reach.
pub async fn leave(
    db: &impl ConnectionTrait,
    person_id: &str,
    since: DateTimeUtc,
    date: Date,
) -> Result<(), DbErr> {
    let statement = raw_sql!(
        Postgres,
        r#"UPDATE attendance_records SET status = 'off-site'
           WHERE person_id = {person_id} AND status = 'on-site' AND timestamp >= {since}
             AND NOT EXISTS (SELECT FROM attendance_logs
                             WHERE employee_id = {person_id} AND date > {date} AND check_in_at IS NOT NULL)"#
    );
    db.execute_raw(statement).await.map(drop)
}

/// Notes where somebody was seen, unless something newer is known.
///
/// # Errors
/// The database is out of reach.
pub async fn observe(db: &impl ConnectionTrait, seen: Model) -> Result<(), DbErr> {
    let Model { id, person_id, name, department, status, accuracy, timestamp, .. } = seen;
    let status = status.to_value();
    let statement = raw_sql!(
        Postgres,
        r#"INSERT INTO attendance_records AS known (id, person_id, name, department, status, accuracy, timestamp)
           VALUES ({id}, {person_id}, {name}, {department}, {status}, {accuracy}, {timestamp})
           ON CONFLICT (person_id) DO UPDATE SET
               name = excluded.name, department = excluded.department, status = excluded.status,
               accuracy = excluded.accuracy, timestamp = excluded.timestamp,
               camera_id = NULL, camera_name = NULL, thumbnail_key = NULL
           WHERE known.timestamp < excluded.timestamp"#
    );
    db.execute_raw(statement).await.map(drop)
}

//! People whose faces are known. The employee id ties a profile to users and attendance.

use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::key::uuid_v7_key;

/// Whether a match with a profile counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It does.
    Active,
    /// Enrolment is not finished.
    Pending,
    /// The person has left.
    Archived,
}

/// One known person.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "face_profiles")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Person, `EMP-…`.
    pub employee_id: String,
    /// Name.
    pub name: String,
    /// Name of the department.
    pub department: Option<String>,
    /// Whether a match counts.
    pub status: Status,
    /// When the person agreed.
    pub consent_at: Option<DateTimeUtc>,
    /// Free text.
    pub notes: Option<String>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
    /// Pictures of the face.
    #[sea_orm(has_many)]
    pub images: HasMany<super::face_image::Entity>,
}

uuid_v7_key!();

/// The employee ids of everybody who is enrolled, in order.
///
/// # Errors
/// The database is out of reach.
pub async fn active_employees(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let active = Entity::find().filter(Column::Status.eq(Status::Active));
    active
        .select_only()
        .column(Column::EmployeeId)
        .order_by_asc(Column::EmployeeId)
        .into_tuple()
        .all(db)
        .await
}

/// The profiles of these people, in no order; people without one are left out.
///
/// # Errors
/// The database is out of reach.
pub async fn of_employees(
    db: &impl ConnectionTrait,
    employee_ids: impl IntoIterator<Item = String>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::EmployeeId.is_in(employee_ids)).all(db).await
}

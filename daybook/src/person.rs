//! Who somebody is: a known face, or a user who is an employee.

use std::collections::HashMap;

use entity::{department, face_profile, user};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _};

/// A person as logs name one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Employee id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Name of the department.
    pub department: Option<String>,
}

impl Person {
    /// Somebody of whom nothing but the id is known.
    #[must_use]
    pub fn unnamed(id: &str) -> Self {
        Self { id: id.to_owned(), name: id.to_owned(), department: None }
    }

    /// The person with this employee id: the face profile's name and department, or else those of the living user.
    ///
    /// # Errors
    /// The database is out of reach.
    pub async fn find(db: &impl ConnectionTrait, id: &str) -> Result<Option<Self>, DbErr> {
        let profiles = face_profile::of_employees(db, [id.to_owned()]).await?;
        match profiles.into_iter().next() {
            Some(profile) => Ok(Some(profile.into())),
            None => of_user(db, id).await,
        }
    }

    /// The people with these ids, by id; who has no profile is left out.
    pub(crate) async fn with_profiles(
        db: &impl ConnectionTrait,
        ids: &[String],
    ) -> Result<HashMap<String, Self>, DbErr> {
        let profiles = face_profile::of_employees(db, ids.iter().cloned()).await?;
        Ok(profiles.into_iter().map(|profile| (profile.employee_id.clone(), profile.into())).collect())
    }
}

impl From<face_profile::Model> for Person {
    fn from(profile: face_profile::Model) -> Self {
        Self { id: profile.employee_id, name: profile.name, department: profile.department }
    }
}

async fn of_user(db: &impl ConnectionTrait, id: &str) -> Result<Option<Person>, DbErr> {
    let living = user::Entity::find()
        .filter(user::Column::EmployeeId.eq(id))
        .filter(user::Column::DeletedAt.is_null());
    let Some(user) = living.one(db).await? else { return Ok(None) };
    let department = match user.department_id {
        Some(department) => department::Entity::find_by_id(department).one(db).await?,
        None => None,
    };
    let department = department.map(|department| department.name);
    Ok(Some(Person { id: id.to_owned(), name: user.name, department }))
}

//! People who sign in. A deleted user keeps the row (`deleted_at`), so that history can name them; the e-mail address and the employee id are free again.

use chrono::TimeDelta;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ActiveValue::Set, Condition, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::edit::Edit;
use crate::key::uuid_v7_key;
use crate::page::{Page, Paged, paged};
use crate::search;
use crate::secret::Secret;

/// Whether an account may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It may.
    Active,
    /// It may not, and its sessions end.
    Suspended,
}

/// An account.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// Key, version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Address to sign in with; unique without case among the living.
    pub email: String,
    /// Full name.
    pub name: String,
    /// bcrypt hash.
    pub hashed_password: Secret,
    /// Role, which decides the permissions.
    pub role_id: String,
    /// Whether they may sign in.
    pub status: Status,
    /// Which person this account belongs to, `EMP-…`.
    pub employee_id: Option<String>,
    /// Department.
    pub department_id: Option<Uuid>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Object storage key of the picture.
    pub avatar_key: Option<String>,
    /// First day at work.
    pub join_date: Option<Date>,
    /// Last successful sign-in.
    pub last_login: Option<DateTimeUtc>,
    /// Last request, to the minute.
    pub last_active: Option<DateTimeUtc>,
    /// When it was deleted; null while living.
    pub deleted_at: Option<DateTimeUtc>,
    /// Rises by one with each edit.
    pub version: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
    /// The role itself.
    #[sea_orm(belongs_to, from = "role_id", to = "id")]
    pub role: BelongsTo<super::role::Entity>,
}

uuid_v7_key!();

/// Which users a list shows; the deleted ones never.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// With this role.
    pub role_id: Option<String>,
    /// With this status.
    pub status: Option<Status>,
    /// Of this department.
    pub department_id: Option<Uuid>,
    /// Whose name, e-mail address or employee id contains this.
    pub search: Option<String>,
}

fn living() -> Select<Entity> {
    Entity::find().filter(Column::DeletedAt.is_null())
}

fn filtered(filter: &Filter) -> Select<Entity> {
    let text = search::folded(&["name", "email", "coalesce(employee_id, '')"]);
    let condition = Condition::all()
        .add_option(filter.role_id.as_ref().map(|role| Column::RoleId.eq(role)))
        .add_option(filter.status.map(|status| Column::Status.eq(status)))
        .add_option(filter.department_id.map(|department| Column::DepartmentId.eq(department)))
        .add_option(filter.search.as_ref().map(|needle| search::contains(&text, needle)));
    living().filter(condition)
}

/// One page of users, by name.
///
/// # Errors
/// The database is out of reach.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, page: Page) -> Result<Paged<Model>, DbErr> {
    let ordered = filtered(filter).order_by_asc(Column::Name).order_by_asc(Column::Id);
    paged(db, filtered(filter), ordered, page).await
}

/// The living user with this e-mail address, whatever its case.
///
/// # Errors
/// The database is out of reach.
pub async fn find_by_email(db: &impl ConnectionTrait, email: &str) -> Result<Option<Model>, DbErr> {
    let same = Expr::cust_with_values("lower(email) = lower($1::text)", [email]);
    living().filter(same).one(db).await
}

/// The living user with this id.
///
/// # Errors
/// The database is out of reach.
pub async fn find_living(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    living().filter(Column::Id.eq(id)).one(db).await
}

/// Notes a successful sign-in.
///
/// # Errors
/// The database is out of reach.
pub async fn record_login(db: &impl ConnectionTrait, id: Uuid, now: DateTimeUtc) -> Result<(), DbErr> {
    let seen = ActiveModel { last_login: Set(Some(now)), last_active: Set(Some(now)), ..Default::default() };
    Entity::update_many().set(seen).filter(Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Notes a request, at most once a minute: most requests write nothing.
///
/// # Errors
/// The database is out of reach.
pub async fn record_activity(db: &impl ConnectionTrait, id: Uuid, now: DateTimeUtc) -> Result<(), DbErr> {
    let long_ago = Column::LastActive.is_null().or(Column::LastActive.lt(now - TimeDelta::minutes(1)));
    Entity::update_many()
        .set(ActiveModel { last_active: Set(Some(now)), ..Default::default() })
        .filter(Column::Id.eq(id).and(long_ago))
        .exec(db)
        .await
        .map(drop)
}

/// Saves an edit of a living user; see [`Edit`].
///
/// # Errors
/// The database is out of reach, or the e-mail address or employee id is taken (a unique violation).
pub async fn edit(
    db: &impl ConnectionTrait,
    id: Uuid,
    expected: Option<i32>,
    changes: ActiveModel,
) -> Result<Edit<Model>, DbErr> {
    let target = Condition::all().add(Column::Id.eq(id)).add(Column::DeletedAt.is_null());
    crate::edit::edit::<Entity>(db, changes, target, Column::Version, expected).await
}

/// Employee ids with the mail addresses of their living users.
///
/// # Errors
/// The database is out of reach.
pub async fn emails_of(
    db: &impl ConnectionTrait,
    employee_ids: &[String],
) -> Result<Vec<(String, String)>, DbErr> {
    let found = living().select_only().columns([Column::EmployeeId, Column::Email]);
    found.filter(Column::EmployeeId.is_in(employee_ids)).into_tuple().all(db).await
}

//! What a group of users may do. Three rows are seeded; a permission is `resource:action`, `*` grants all.

use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::text_list::TextList;

/// A role and its permissions.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "roles")]
pub struct Model {
    /// Key, `ROLE-…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Name shown to people.
    pub name: String,
    /// What is granted: `resource:action`, `resource:*` or `*`.
    #[sea_orm(column_type = "JsonBinary")]
    pub permissions: TextList,
    /// One sentence for administrators.
    pub description: String,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
    /// Who has the role.
    #[sea_orm(has_many)]
    pub users: HasMany<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// All roles, by id.
///
/// # Errors
/// The database is out of reach.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().order_by_asc(Column::Id).all(db).await
}

//! What administrators do to cameras. A deleted camera keeps its row, so its id stays taken for ever.

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, Condition};

use super::{ActiveModel, Column, Entity, Model};
use crate::edit::{self, Edit};
use crate::{id_counter, insert};

/// Scope of the counter behind `CAM-NN`.
const COUNTER: &str = "CAM";

/// Adds a camera under the id in `row`; `None` when the id is taken, be it by a deleted one.
///
/// # Errors
/// The database is out of reach or refuses a value.
pub async fn insert(db: &impl ConnectionTrait, row: ActiveModel) -> Result<Option<Model>, DbErr> {
    insert::unless_taken(db, row).await
}

/// Adds a camera under the next free `CAM-NN`. Ids that people chose themselves are stepped over.
///
/// # Errors
/// The database is out of reach or refuses a value.
pub async fn insert_with_next_id(db: &impl ConnectionTrait, row: ActiveModel) -> Result<Model, DbErr> {
    loop {
        let number = id_counter::next(db, COUNTER).await?;
        let numbered = ActiveModel { id: Set(format!("CAM-{number:02}")), ..row.clone() };
        if let Some(camera) = insert(db, numbered).await? {
            return Ok(camera);
        }
    }
}

/// Saves an edit of a living camera; see [`Edit`].
///
/// # Errors
/// The database is out of reach or refuses a value.
pub async fn edit(
    db: &impl ConnectionTrait,
    id: &str,
    expected: Option<i32>,
    changes: ActiveModel,
) -> Result<Edit<Model>, DbErr> {
    let target = Condition::all().add(Column::Id.eq(id)).add(Column::DeletedAt.is_null());
    edit::edit::<Entity>(db, changes, target, Column::Version, expected).await
}

/// Hides a camera everywhere; [`Edit::Missing`] when it was hidden before.
///
/// # Errors
/// The database is out of reach.
pub async fn soft_delete(
    db: &impl ConnectionTrait,
    id: &str,
    now: DateTimeUtc,
) -> Result<Edit<Model>, DbErr> {
    let changes = ActiveModel { deleted_at: Set(Some(now)), enabled: Set(false), ..Default::default() };
    edit(db, id, None, changes).await
}

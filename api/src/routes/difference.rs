//! Whether an edit makes a row another one. An edit that changes nothing raises no version, so that it stales nobody
//! else's copy, and leaves no change in the audit.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Iterable as _, ModelTrait};

/// Whether writing `columns` changes `row`; columns that are not set stay as they are.
pub fn differs<M, A>(row: &M, columns: &A) -> bool
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity>,
{
    let now = row.clone().into_active_model();
    <M::Entity as EntityTrait>::Column::iter().any(|column| {
        columns.get(column).into_value().is_some_and(|new| now.get(column).into_value() != Some(new))
    })
}

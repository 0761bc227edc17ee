//! Inserting a row unless one is in its way. The database decides, in one statement, so that of several who try at once exactly
//! one is told that the row is theirs.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};

/// Inserts `row` and answers it as stored; `None` when a unique index was in the way. Waits for rivals that have not committed.
pub(crate) async fn unless_taken<A>(
    db: &impl ConnectionTrait,
    row: A,
) -> Result<Option<<A::Entity as EntityTrait>::Model>, DbErr>
where
    A: ActiveModelTrait,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    let leave_it = OnConflict::new().do_nothing().to_owned();
    let stored = A::Entity::insert(row).on_conflict(leave_it).exec_with_returning_many(db).await?;
    Ok(stored.into_iter().next())
}

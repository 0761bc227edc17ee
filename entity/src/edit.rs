//! Edits of rows that carry a `version`. The version is compared and raised in the statement that writes, so that of two people
//! who read the same version only one can save.

use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

/// What became of an edit.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit<M> {
    /// It was saved; the row as it is now.
    Saved(M),
    /// Somebody saved another version first.
    Stale,
    /// There is no such row, or it was deleted.
    Missing,
}

/// Writes the values that are set in `changes` to the row that `target` names, and raises its version; only version `expected`
/// where one is given.
pub(crate) async fn edit<E: EntityTrait>(
    db: &impl ConnectionTrait,
    changes: E::ActiveModel,
    target: Condition,
    version: E::Column,
    expected: Option<i32>,
) -> Result<Edit<E::Model>, DbErr> {
    let unchanged = expected.map(|expected| version.eq(expected));
    let saved = E::update_many()
        .set(changes)
        .col_expr(version, Expr::col(version).add(1))
        .filter(target.clone().add_option(unchanged))
        .exec_with_returning(db)
        .await?;
    if let Some(row) = saved.into_iter().next() {
        return Ok(Edit::Saved(row));
    }
    let exists = E::find().filter(target).one(db).await?.is_some();
    Ok(if exists { Edit::Stale } else { Edit::Missing })
}

//! The list of exports, newest first.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder};

use super::{Column, Entity, ExportKind, Model, Status};
use crate::page::{Page, Paged, paged};

/// Which exports a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Asked for by this user.
    pub user_id: Option<Uuid>,
    /// So far.
    pub status: Option<Status>,
    /// Of this content.
    pub kind: Option<ExportKind>,
}

/// One page.
///
/// # Errors
/// The database is out of reach.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, page: Page) -> Result<Paged<Model>, DbErr> {
    let condition = Condition::all()
        .add_option(filter.user_id.map(|user| Column::UserId.eq(user)))
        .add_option(filter.status.map(|status| Column::Status.eq(status)))
        .add_option(filter.kind.map(|kind| Column::Kind.eq(kind)));
    let filtered = Entity::find().filter(condition);
    let ordered = filtered.clone().order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    paged(db, filtered, ordered, page).await
}

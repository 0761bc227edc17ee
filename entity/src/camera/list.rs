//! Reading cameras. Deleted ones are never among them. A system has a thousand of them at most, so lists are sorted, not
//! indexed: `CAM-9` stands before `CAM-10`.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Func};
use sea_orm::{Condition, QueryOrder};

use super::{Column, Entity, Model, Status, StreamType};
use crate::page::{self, Page, Paged};
use crate::search;

/// Which cameras a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// With this status.
    pub status: Option<Status>,
    /// Read this way.
    pub stream_type: Option<StreamType>,
    /// Enabled, or disabled.
    pub enabled: Option<bool>,
    /// Whose id, name or location contains this.
    pub search: Option<String>,
}

fn living() -> Select<Entity> {
    Entity::find().filter(Column::DeletedAt.is_null())
}

fn filtered(filter: &Filter) -> Select<Entity> {
    let text = search::folded(&["id", "name", "location"]);
    let condition = Condition::all()
        .add_option(filter.status.map(|status| Column::Status.eq(status)))
        .add_option(filter.stream_type.map(|stream_type| Column::StreamType.eq(stream_type)))
        .add_option(filter.enabled.map(|enabled| Column::Enabled.eq(enabled)))
        .add_option(filter.search.as_ref().map(|needle| search::contains(&text, needle)));
    living().filter(condition)
}

fn ordered(filter: &Filter) -> Select<Entity> {
    filtered(filter).order_by_asc(Func::char_length(Expr::col(Column::Id))).order_by_asc(Column::Id)
}

/// One page of cameras, by number.
///
/// # Errors
/// The database is out of reach.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, page: Page) -> Result<Paged<Model>, DbErr> {
    page::paged(db, filtered(filter), ordered(filter), page).await
}

/// The rows of one page, without their total.
///
/// # Errors
/// The database is out of reach.
pub async fn rows(db: &impl ConnectionTrait, filter: &Filter, page: Page) -> Result<Vec<Model>, DbErr> {
    page::rows(db, ordered(filter), page).await
}

/// How many cameras a filter shows.
///
/// # Errors
/// The database is out of reach.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, DbErr> {
    filtered(filter).count(db).await
}

/// The camera with this id, unless it was deleted.
///
/// # Errors
/// The database is out of reach.
pub async fn find_living(db: &impl ConnectionTrait, id: &str) -> Result<Option<Model>, DbErr> {
    living().filter(Column::Id.eq(id)).one(db).await
}

/// All enabled cameras, by id.
///
/// # Errors
/// The database is out of reach.
pub async fn enabled(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    living().filter(Column::Enabled.eq(true)).order_by_asc(Column::Id).all(db).await
}

/// The enabled cameras that take frames by themselves, with their interval in seconds; [`super::is_due`] tells whose turn it is.
///
/// # Errors
/// The database is out of reach.
pub async fn capturing(db: &impl ConnectionTrait) -> Result<Vec<(String, i32)>, DbErr> {
    use sea_orm::QuerySelect;
    living()
        .filter(Column::Enabled.eq(true).and(Column::CaptureIntervalSeconds.is_not_null()))
        .select_only()
        .columns([Column::Id, Column::CaptureIntervalSeconds])
        .into_tuple()
        .all(db)
        .await
}

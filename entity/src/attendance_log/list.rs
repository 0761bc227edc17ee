//! The list of attendance logs, by day and id, newest first. Each filter has an index that ends in this order.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder};

use super::{Column, Entity, Model, OdooStatus, Status};
use crate::page::{self, Page, Paged};
use crate::search;

/// Which logs a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Whose name, employee id or own id contains this.
    pub search: Option<String>,
    /// First seen by this camera.
    pub camera_id: Option<String>,
    /// From this day on.
    pub date_from: Option<Date>,
    /// Up to and with this day.
    pub date_to: Option<Date>,
    /// Where they stand with Odoo.
    pub odoo_status: Option<OdooStatus>,
    /// With this status.
    pub status: Option<Status>,
    /// Of this department, by its name.
    pub department: Option<String>,
}

fn filtered(filter: &Filter) -> Select<Entity> {
    let condition = Condition::all()
        .add_option(filter.search.as_ref().map(|needle| search::contains("search_text", needle)))
        .add_option(filter.camera_id.as_ref().map(|camera| Column::CameraId.eq(camera)))
        .add_option(filter.date_from.map(|day| Column::Date.gte(day)))
        .add_option(filter.date_to.map(|day| Column::Date.lte(day)))
        .add_option(filter.odoo_status.map(|status| Column::OdooStatus.eq(status)))
        .add_option(filter.status.map(|status| Column::Status.eq(status)))
        .add_option(filter.department.as_ref().map(|department| Column::Department.eq(department)));
    Entity::find().filter(condition)
}

fn ordered(filter: &Filter) -> Select<Entity> {
    filtered(filter).order_by_desc(Column::Date).order_by_desc(Column::Id)
}

/// One page of logs, newest day first.
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

/// How many logs a filter shows.
///
/// # Errors
/// The database is out of reach.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, DbErr> {
    filtered(filter).count(db).await
}

//! The list of attendance logs, by day and id, newest first. Each filter has an index that ends in this order. A list has as many
//! logs as its [`Days`] say, so that no request counts all of them.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect, raw_sql};
use serde::{Deserialize, Serialize};

use super::{Column, Days, Entity, Model, OdooStatus, Status};
use crate::attendance_log_change::{self, Seen};
use crate::department;
use crate::page::Page;
use crate::search;

/// Which logs a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
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
    /// Only what Odoo has yet to get: pending, or failed.
    pub unsent: bool,
    /// With this status.
    pub status: Option<Status>,
    /// Of this department, by its name, whatever the case.
    pub department: Option<String>,
}

/// As it stands in the index of these logs: written out, since PostgreSQL takes a partial index only where it sees that it fits.
const UNSENT: &str = "odoo_status IN ('pending', 'failed')";

/// The logs that a filter shows, in no order.
pub(crate) fn filtered(filter: &Filter) -> Select<Entity> {
    let condition = Condition::all()
        .add_option(filter.search.as_ref().map(|needle| search::contains("search_text", needle)))
        .add_option(filter.camera_id.as_ref().map(|camera| Column::CameraId.eq(camera)))
        .add_option(filter.date_from.map(|day| Column::Date.gte(day)))
        .add_option(filter.date_to.map(|day| Column::Date.lte(day)))
        .add_option(filter.odoo_status.map(|status| Column::OdooStatus.eq(status)))
        .add_option(filter.status.map(|status| Column::Status.eq(status)))
        .add_option(filter.department.as_deref().map(department::is));
    let unsent = filter.unsent.then(|| Expr::cust(UNSENT));
    Entity::find().filter(condition.add_option(unsent))
}

/// The rows of one page, newest day first; `days` are those of the same filter.
///
/// # Errors
/// The database is out of reach.
pub async fn page(
    db: &impl ConnectionTrait,
    filter: &Filter,
    days: &Days,
    page: Page,
) -> Result<Vec<Model>, DbErr> {
    let Some(stretch) = days.stretch(page) else { return Ok(Vec::new()) };
    filtered(filter)
        .filter(Column::Date.between(stretch.oldest, stretch.newest))
        .order_by_desc(Column::Date)
        .order_by_desc(Column::Id)
        .offset(stretch.skip)
        .limit(page.size)
        .all(db)
        .await
}

/// The logs with these ids as they are now, in the order of a list; nothing where a list may have others by now, because some day
/// has changed since `seen`. One statement, so that the answer holds for one moment.
///
/// # Errors
/// The database is out of reach.
pub async fn unchanged(
    db: &impl ConnectionTrait,
    seen: &Seen,
    ids: &[String],
) -> Result<Option<Vec<Model>>, DbErr> {
    if ids.is_empty() {
        let changes = attendance_log_change::since(db, seen).await?;
        return Ok(changes.days.is_empty().then(Vec::new));
    }
    let (seen, ids) = (&*seen.0, ids.to_vec());
    let statement = raw_sql!(
        Postgres,
        r#"SELECT * FROM attendance_logs
           WHERE id = ANY({ids}::text[]) AND NOT EXISTS (
               SELECT FROM attendance_log_changes
               WHERE changed_by >= pg_snapshot_xmin({seen}::text::pg_snapshot)
                 AND NOT pg_visible_in_snapshot(changed_by, {seen}::text::pg_snapshot))
           ORDER BY date DESC, id DESC"#
    );
    let rows = Entity::find().from_raw_sql(statement).all(db).await?;
    Ok((!rows.is_empty()).then_some(rows))
}

/// How many logs a filter shows on each of `days`, or on every day; days without any are left out.
pub(super) async fn count_by_day(
    db: &impl ConnectionTrait,
    filter: &Filter,
    days: Option<Vec<Date>>,
) -> Result<Vec<(Date, u64)>, DbErr> {
    let counts: Vec<(Date, i64)> = filtered(filter)
        .filter(Condition::all().add_option(days.map(|days| Column::Date.eq_any(days))))
        .select_only()
        .column(Column::Date)
        .column_as(Expr::cust("count(*)"), "logs")
        .group_by(Column::Date)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counts.into_iter().map(|(day, logs)| (day, logs.unsigned_abs())).collect())
}

//! How many records a filter shows: its whole days were counted as they came, and only what it takes of a first and a last day
//! besides is counted now. One person's are few, and counted by index.

use sea_orm::entity::prelude::*;

use super::{Filter, filtered};
use crate::odoo_sync_count;
use crate::whole_days::cut;

/// The exact number of records.
pub(super) async fn of(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, DbErr> {
    if filter.employee_id.is_some() {
        return filtered(filter).count(db).await;
    }
    let parts = cut(filter.from, filter.to);
    let mut total = match parts.days {
        Some((first, end)) => odoo_sync_count::of_days(db, filter.result, first, end).await?,
        None => 0,
    };
    for (from, to) in parts.rest {
        total += filtered(&Filter { from: Some(from), to: Some(to), ..filter.clone() }).count(db).await?;
    }
    Ok(total)
}

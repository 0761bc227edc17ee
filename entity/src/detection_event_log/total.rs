//! How many events a filter shows: its whole days were counted as they came, and only what it takes of a first and a last day
//! besides is counted now.

use sea_orm::entity::prelude::*;

use super::{Filter, filtered};
use crate::detection_event_count;
use crate::whole_days::cut;

/// The exact number of events.
pub(super) async fn of(db: &impl ConnectionTrait, filter: &Filter) -> Result<u64, DbErr> {
    let parts = cut(filter.from, filter.to);
    let mut total = match parts.days {
        Some((first, end)) => detection_event_count::of_days(db, filter, first, end).await?,
        None => 0,
    };
    for (from, to) in parts.rest {
        total += filtered(&Filter { from: Some(from), to: Some(to), ..filter.clone() }).count(db).await?;
    }
    Ok(total)
}
